"""What holds whatever an endpoint offers: absent parts are rejected cleanly."""
