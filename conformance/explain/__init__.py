"""`explain`: all that is known of one check, on one page of plain text."""
