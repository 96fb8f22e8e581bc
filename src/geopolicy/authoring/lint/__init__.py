"""What is probably wrong in zone files, beyond what makes them refused."""
