"""What was found, where, and how completely it was read."""
