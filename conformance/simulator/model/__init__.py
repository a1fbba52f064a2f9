"""The scripted model: what is asked of it, and what it generates."""
