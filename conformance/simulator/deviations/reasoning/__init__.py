"""Models that think."""
