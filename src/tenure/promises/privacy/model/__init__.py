"""What privacy is asked, what it answers, and why it refuses."""
