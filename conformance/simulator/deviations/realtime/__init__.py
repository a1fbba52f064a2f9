"""Deviations of the Realtime API's routes."""
