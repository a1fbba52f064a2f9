"""Conversations in which one role speaks twice in a row."""
