"""What is known of harm."""
