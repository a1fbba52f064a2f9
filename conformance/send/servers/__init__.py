"""Real servers that the suite can start."""
