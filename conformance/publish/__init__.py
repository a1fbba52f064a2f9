"""The published picture: real servers side by side, their causes with the decisive bytes, and all requirements."""
