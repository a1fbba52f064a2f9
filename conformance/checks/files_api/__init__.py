"""Files: uploaded, listed, given back byte for byte, deleted."""
