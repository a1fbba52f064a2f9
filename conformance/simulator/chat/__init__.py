"""Chat completions: plain, streamed and stored."""
