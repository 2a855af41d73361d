"""What every question shares when it shows something: tables, figures, marks and words."""
