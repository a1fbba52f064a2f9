"""What popular clients send by default."""
