"""Images and documents in the input of the Responses API: in a message, and in the result of a call."""
