"""Ways in; the table of all of them is in table."""
