"""The control of all that is measured by the token count of a prompt."""
