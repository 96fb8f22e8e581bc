"""The zone editor's desk: other formats, lint, diff, simplification. Stands above packs, for the CLI and the public names."""
