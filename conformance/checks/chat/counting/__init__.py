"""The control of all that is told by the count of a prompt."""
