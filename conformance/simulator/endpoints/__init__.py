"""Endpoints of one or two files each."""
