"""What a suite is made of: exchanges, checks, counterexamples, assertions."""
