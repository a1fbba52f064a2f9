"""Files of one purpose."""
