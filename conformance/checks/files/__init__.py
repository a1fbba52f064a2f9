"""Files: the API, and attachments in a chat."""
