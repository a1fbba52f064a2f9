"""Fields of responses that few clients send: moderation, compaction on the way, stored prompts, cache options."""
