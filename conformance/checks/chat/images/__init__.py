"""Image models that are used through chat."""
