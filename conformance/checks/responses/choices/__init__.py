"""Every form of `tool_choice` in streams of the Responses API."""
