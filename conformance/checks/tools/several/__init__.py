"""How many calls a response has, and three calls at once."""
