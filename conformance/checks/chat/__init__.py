"""Chat completions: messages in, one completion out."""
