"""Deviations of conversations."""
