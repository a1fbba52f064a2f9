"""The Realtime API: offered, or rejected in a way that a client can read."""
