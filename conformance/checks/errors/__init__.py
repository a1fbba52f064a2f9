"""Invalid requests: each is rejected, with a status and a shape that a client can act upon."""
