"""Sound: recordings in a chat, speech, transcripts."""
