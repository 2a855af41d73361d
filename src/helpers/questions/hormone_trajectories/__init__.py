"""What became of the markers, and whether it is more than variation."""
