"""The operations of a router: what its account says of a run, and the checklist of who takes it into service."""
