"""Chat completions and the Responses API, side by side: the same request, the same model, the same outcome."""
