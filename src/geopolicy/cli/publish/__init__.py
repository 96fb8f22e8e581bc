"""The commands of ``geopolicy publish``, a module each."""
