"""The second turn, and several calls at once."""
