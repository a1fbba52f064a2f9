"""Files that are attached to a chat message."""
