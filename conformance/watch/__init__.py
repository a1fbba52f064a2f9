"""A relay on loopback between an application and an endpoint: what passes is recorded and judged, never changed."""
