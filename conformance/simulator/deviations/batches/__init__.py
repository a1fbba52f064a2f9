"""Batches: many requests in a file."""
