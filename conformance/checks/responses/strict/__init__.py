"""Functions with `strict: true` in the Responses API."""
