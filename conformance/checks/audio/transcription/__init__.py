"""Transcriptions beyond their text: as a stream of events, with log probabilities, and by speaker."""
