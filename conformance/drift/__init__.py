"""Drift: what a new run of a target shows that its contract does not hold, and who moved."""
