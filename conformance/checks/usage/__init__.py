"""Usage: the token counts of a response."""
