"""The deviation zoo: whether each deviation is found by the check that is meant to find it."""
