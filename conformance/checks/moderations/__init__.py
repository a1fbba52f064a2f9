"""Moderations: which categories a text is flagged for."""
