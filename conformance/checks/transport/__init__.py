"""What carries everything else: the base URL, the content type, the encoding, the official client."""
