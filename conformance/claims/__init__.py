"""What the documents state about targets, held against what a run observed."""
