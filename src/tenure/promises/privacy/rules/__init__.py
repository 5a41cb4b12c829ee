"""What privacy decides, as pure functions."""
