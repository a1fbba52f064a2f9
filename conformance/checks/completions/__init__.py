"""Text completions, the legacy API: a prompt in, its continuation out."""
