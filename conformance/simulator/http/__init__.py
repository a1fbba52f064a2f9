"""HTTP: calls, answers, errors, validation, what is remembered, and sending."""
