"""Two or more targets, or two runs of one target, side by side; and what a change from one to another costs."""
