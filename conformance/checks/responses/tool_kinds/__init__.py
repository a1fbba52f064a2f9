"""Tools of responses that are not functions: custom, namespaced, hosted."""
