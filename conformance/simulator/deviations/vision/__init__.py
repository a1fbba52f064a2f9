"""Images in a chat message."""
