"""What happened to the women, count by count."""
