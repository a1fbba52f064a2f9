"""Images: pictures that are painted, through the endpoints for images and through chat."""
