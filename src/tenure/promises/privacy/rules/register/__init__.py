"""What the register says: whether it is whole, and what follows from it in other forms."""
