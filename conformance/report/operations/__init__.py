"""What a vendor's account says of a run, and the checklist, as parts of its pages."""
