"""Images, audio, documents and tokens."""
