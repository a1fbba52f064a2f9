"""Every parameter: it has its effect, is rejected clearly, or is silently ignored."""
