"""What every other package stands on: records, checks of arguments, files that are written whole or not at all."""
