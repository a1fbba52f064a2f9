"""Audio: recordings in a chat message, and the endpoints for speech."""
