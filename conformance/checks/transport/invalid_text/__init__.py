"""A request that is not text, and whether the server goes on after it."""
