"""Native tools: what belongs to the API behind a gateway."""
