"""The embedded reference endpoint: OpenAI's protocol, faithful and deterministic, with a scripted model behind it."""

from conformance.simulator.app.application import create_app

__all__ = ["create_app"]
