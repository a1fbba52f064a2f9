"""Files in vector stores: put in one by one or in a batch, read, changed, searched, and taken out."""
