"""Between what stands on the wire and what charging is asked and answers: tables, no decisions."""
