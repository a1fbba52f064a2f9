"""Token counts of a chat."""
