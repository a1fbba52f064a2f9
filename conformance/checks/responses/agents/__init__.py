"""The Responses API as agents use it: reasoning that is sent back, several calls, and all forms of input items."""
