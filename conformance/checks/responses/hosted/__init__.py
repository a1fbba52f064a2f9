"""Hosted tools of responses in full: over files that are there, with what `include` adds, in containers, older ones."""
