"""Files that expire."""
