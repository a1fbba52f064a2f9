"""What several families share: kinds, conditions, prompts, requests, and how responses are read."""
