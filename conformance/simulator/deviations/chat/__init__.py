"""Plain chat completions."""
