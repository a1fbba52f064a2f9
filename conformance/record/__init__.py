"""Cassettes, the folder of a run, and replay."""
