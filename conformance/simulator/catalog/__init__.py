"""What the endpoint lists: models and files."""
