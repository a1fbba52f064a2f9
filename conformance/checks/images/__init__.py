"""The endpoints for images: generated, edited, varied."""
