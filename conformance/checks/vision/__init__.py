"""Vision: images in a chat message."""
