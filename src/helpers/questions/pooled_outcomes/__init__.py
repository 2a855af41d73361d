"""What independent studies show together, and how certain it is."""
