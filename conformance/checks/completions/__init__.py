"""Legacy completions: a text that goes on."""
