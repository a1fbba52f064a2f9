"""Chat completions: non-streaming, streamed and stored."""
