"""The history of targets over many runs: what is new, what is gone, what came back."""
