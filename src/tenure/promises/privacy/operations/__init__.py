"""What may be asked of privacy, in transactions of whoever asks."""
