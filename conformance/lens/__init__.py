"""What a user of the official client gets of an answer."""
