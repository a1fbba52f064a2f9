"""HTTP: calls, answers, errors, validation, state, and sending."""
