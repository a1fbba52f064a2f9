"""What holds whatever an endpoint offers: absent parts are refused cleanly, and answers have ids."""
