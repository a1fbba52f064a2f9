"""Parameters in combination."""
