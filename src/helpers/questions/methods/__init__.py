"""How often the intervals hold the truth, and how fast the book renders."""
