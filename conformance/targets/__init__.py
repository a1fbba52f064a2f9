"""Who is asked: one TOML file a target, its models, limits, claims and keys."""
