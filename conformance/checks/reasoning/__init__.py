"""Thinking: how it is asked for, what it costs, where thoughts come back."""
