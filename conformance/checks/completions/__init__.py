"""Legacy completions: a prompt in, its continuation out."""
