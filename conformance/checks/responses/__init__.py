"""The Responses API: plain, streamed, with state and with tools."""
