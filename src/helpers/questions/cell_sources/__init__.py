"""Whether sources of cells differ."""
