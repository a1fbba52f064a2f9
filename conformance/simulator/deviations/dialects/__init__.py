"""Endpoints whose two APIs disagree."""
