"""The open-data portal of a city: catalogue, search, downloads and API."""

__version__ = "0.1.0"
