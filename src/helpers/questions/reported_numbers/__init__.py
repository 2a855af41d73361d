"""Whether reported numbers agree with themselves."""
