"""The scripted model: what is requested, and what it generates."""
