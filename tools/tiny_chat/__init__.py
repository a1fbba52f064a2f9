"""The parts that `make_tiny_chat.py` makes the tiny chat model of."""
