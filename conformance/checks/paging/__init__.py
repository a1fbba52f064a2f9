"""Lists that come in pages, whatever they list."""
