"""Recordings that others made, of any client's requests: read, judged by the checks of kinds, and reported."""
