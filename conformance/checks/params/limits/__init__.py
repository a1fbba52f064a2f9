"""Parameters that end an answer or multiply it."""
