"""Which rules hold, and what they add up to."""
