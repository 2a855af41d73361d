"""What is known in short, for women and their doctors, in English and Chinese."""
