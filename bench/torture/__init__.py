"""What is hostile, too large or damaged, and what it costs."""
