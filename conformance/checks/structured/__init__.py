"""Structured output: answers that are JSON, or fit a schema that the request holds."""
