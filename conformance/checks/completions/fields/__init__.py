"""Legacy completions: candidates, suffix, and values out of range."""
