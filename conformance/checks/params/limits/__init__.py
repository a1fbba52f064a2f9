"""Parameters that end a response or multiply it: token limits, stop sequences, `n`."""
