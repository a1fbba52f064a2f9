"""The error atlas and the parameter truth table."""
