"""Pictures that a model looks at."""
