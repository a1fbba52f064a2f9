"""Files in chat: documents and other files in a chat message."""
