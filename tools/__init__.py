"""What the sessions of nox do, and scripts beside the package."""
