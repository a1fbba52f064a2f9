"""What popular clients send by default: their requests as captured, and the use that they make of responses."""
