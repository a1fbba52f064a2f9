"""JSON Schemas of the answers, generated from the official SDK's types, and the facts that the SDK forgets."""
