"""Audio: recordings in a chat, speech, transcripts."""
