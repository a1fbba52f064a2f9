"""Fields of responses that few clients send: moderation, compaction on the way, kept prompts, cache options."""
