"""The recorded requests of an application, sent to another endpoint, and what differs there."""
