"""Deviations on the other side: what a gateway loses or changes on the way to the endpoint behind it."""
