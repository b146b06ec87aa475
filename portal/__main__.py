"""`python -m portal COMMAND`."""

from portal.cli.main import main

if __name__ == "__main__":
    main()
