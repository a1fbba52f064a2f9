"""JSON by `response_format`."""
