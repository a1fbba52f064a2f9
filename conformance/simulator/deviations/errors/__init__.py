"""Errors: rejected requests and failures."""
