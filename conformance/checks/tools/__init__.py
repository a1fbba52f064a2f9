"""Function tools: offered, called, answered; plain and streamed."""
