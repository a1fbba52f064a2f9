"""What an answer cost: the token counts."""
