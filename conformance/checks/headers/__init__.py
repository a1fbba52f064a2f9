"""Headers that every response has."""
