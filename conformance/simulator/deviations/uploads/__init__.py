"""Deviations of uploads in parts."""
