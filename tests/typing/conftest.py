"""The files of a user are for mypy alone."""

collect_ignore = ["user"]
