"""Vector stores: created, changed, listed and deleted."""
