"""What is tested: one TOML file per target, its models, limits, claims and keys; and profiles."""
