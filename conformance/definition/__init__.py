"""What a suite is made of: the catalogue of capabilities, exchanges, kinds, checks, counterexamples, assertions."""
