"""The Responses API over a WebSocket: agents try that first, and fall back when it is rejected."""
