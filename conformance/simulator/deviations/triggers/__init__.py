"""What shows only with a prompt or an image that the user has."""
