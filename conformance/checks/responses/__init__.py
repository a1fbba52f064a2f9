"""The Responses API: non-streaming, streamed, with state and with tools."""
