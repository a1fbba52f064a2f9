"""Structured output: each documented keyword of strict schemas, and what lies outside of the documented subset."""
