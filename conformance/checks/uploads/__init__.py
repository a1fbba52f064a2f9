"""Uploads: a file in parts."""
