"""The shapes of recorded answers: what they hold, what a difference means, how they stand to the schemas."""
