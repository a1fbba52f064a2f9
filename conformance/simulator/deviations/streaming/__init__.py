"""Streamed chat completions."""
