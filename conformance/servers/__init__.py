"""Real servers that the suite can start on loopback, so that it is judged by more than its own simulator."""
