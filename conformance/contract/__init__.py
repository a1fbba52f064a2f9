"""The contract of a target: what its recorded responses looked like, as a file that is reviewed and committed."""
