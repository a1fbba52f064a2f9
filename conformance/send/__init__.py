"""Sending: the engine, the transport, limits, and servers that the suite starts."""
