"""Vector stores: created, changed, listed and deleted, without files."""
