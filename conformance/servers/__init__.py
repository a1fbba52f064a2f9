"""Real servers that the suite installs, starts and stops."""
