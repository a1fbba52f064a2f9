"""Pictures that are made or changed."""
