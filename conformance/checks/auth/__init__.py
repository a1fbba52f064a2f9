"""Keys: a good one is taken, none and a wrong one are refused."""
