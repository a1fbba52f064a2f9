"""Parameters of a chat."""
