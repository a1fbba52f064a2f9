"""The shapes of answers: schemas generated from the official client, and what differs from them."""
