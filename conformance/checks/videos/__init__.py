"""Videos: created, retrieved, deleted."""
