"""Results gathered into causes: what one edit at the server would mend. Pure functions over the lines of the log."""
