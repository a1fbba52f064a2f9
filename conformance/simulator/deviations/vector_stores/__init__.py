"""Deviations of vector stores."""
