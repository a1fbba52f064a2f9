"""The native Gemini API (https://ai.google.dev/api), with the skill of the simulator's own models behind it."""
