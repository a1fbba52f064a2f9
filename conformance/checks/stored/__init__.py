"""Chat completions that are kept: listed, retrieved, changed, deleted."""
