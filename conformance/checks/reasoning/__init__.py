"""Reasoning: how it is requested, what it costs, where it is returned."""
