"""Counts of women as tidy rows, and the rules which of them stand for an arm or a study."""
