"""Models that reason."""
