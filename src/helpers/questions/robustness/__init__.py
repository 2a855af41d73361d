"""How far the answer depends on choices."""
