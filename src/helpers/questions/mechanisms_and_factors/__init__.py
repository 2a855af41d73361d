"""How it might work, and in whom."""
