"""Tests of the harness: never of an endpoint, never beyond loopback."""
