"""Moderations: what is wrong with a text."""
