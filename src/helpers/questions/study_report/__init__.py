"""What is known of one study."""
