"""Wrong requests: each is refused, with a status and a shape that a client can act upon."""
