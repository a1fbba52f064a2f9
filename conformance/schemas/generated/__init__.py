"""Written by `python -m conformance.schemas.generator`; do not edit."""
