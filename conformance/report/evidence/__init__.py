"""Evidence pages: one exchange, its request and its response."""
