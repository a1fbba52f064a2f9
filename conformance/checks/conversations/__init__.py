"""Conversations: kept by the endpoint, read and changed by their items, continued by responses."""
