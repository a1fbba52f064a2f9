"""Structured output: text that is JSON, or fits a schema in the request."""
