"""Image edits and variations with the options of generated images, as JSON, and in a stream."""
