"""Videos: asked for, looked at, deleted."""
