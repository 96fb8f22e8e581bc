"""What zones of a format say in which the first one wins, as zones of which the tightest does."""
