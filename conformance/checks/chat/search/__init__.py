"""Chat completions of a model that searches the web: what it cites."""
