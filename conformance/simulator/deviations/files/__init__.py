"""Files, uploaded and in a chat."""
