"""Vision: pictures in a chat message."""
