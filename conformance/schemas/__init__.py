"""The shapes of responses: schemas generated from the official client, and what differs from them."""
