"""What many endpoints have in common."""
