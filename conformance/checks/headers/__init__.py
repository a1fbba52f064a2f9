"""Headers that stand around every answer."""
