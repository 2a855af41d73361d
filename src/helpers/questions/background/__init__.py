"""What happens without cells."""
