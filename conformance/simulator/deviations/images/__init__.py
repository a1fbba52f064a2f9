"""Images that are generated or edited."""
