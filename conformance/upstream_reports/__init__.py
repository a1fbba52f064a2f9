"""Texts of issues for whoever maintains a server: one for each cause of a run, to be acted on without this suite."""
