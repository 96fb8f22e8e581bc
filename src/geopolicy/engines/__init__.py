"""Two engines under one contract, and the door to them."""
