"""What gunicorn loads: the portal as configured by the environment."""
