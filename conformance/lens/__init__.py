"""What a user of the official client gets from a response."""
