"""What no request can provoke by itself: a blocked prompt, a remote image, a second account."""
