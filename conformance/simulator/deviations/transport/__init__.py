"""Deviations of how bytes are coded on their way."""
