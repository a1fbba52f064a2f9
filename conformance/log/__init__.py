"""The log of a run: JSON lines, their models and their meaning."""
