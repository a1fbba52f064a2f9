"""Merging the shards of one plan, which several machines have sent, into one run that is judged as a whole."""
