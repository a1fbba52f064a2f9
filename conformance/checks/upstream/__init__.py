"""Upstream: what a gateway sends to the endpoint behind it, beside what its client sent to the gateway."""
