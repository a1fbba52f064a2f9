"""What goes over the wire: requests, responses, server-sent events, JSON values, and the verdicts on them."""
