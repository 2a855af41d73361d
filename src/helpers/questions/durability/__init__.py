"""Whether a short-term gain lasts, and whether it can have come from the treatment in the time reported."""
