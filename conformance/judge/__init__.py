"""A check and its exchanges in, a judgement out."""
