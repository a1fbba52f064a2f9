"""Reading images and audio, as far as checks need it."""
