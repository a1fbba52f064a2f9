"""One run: its options, its folder, its servers, its reports."""
