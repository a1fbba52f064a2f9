"""Documents against observation, as pages of a run."""
