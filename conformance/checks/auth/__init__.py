"""Keys: a valid one is accepted, a missing or invalid one is rejected."""
