"""Refusals and failures."""
