"""The zone editor's desk: other formats, lint, diff and simplification of zones."""
