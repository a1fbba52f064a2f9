"""The matrix: capabilities as rows, targets as columns."""
