"""Function tools: offered, called, answered; non-streaming and streamed."""
