"""Batches of which a request fails, and their metadata."""
