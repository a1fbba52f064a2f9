"""
The Responses API as agents use it: reasoning that is sent back, several calls, and all forms of input items.

What of chat completions has its counterpart here, and what has none, stands in `counterparts.toml`.
"""
