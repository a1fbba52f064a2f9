"""Parameters of chat completions: honoured, refused clearly, or ignored in silence."""
