"""What stands around a body."""
