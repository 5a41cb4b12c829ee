"""All SQL of the record: leaves, and logs."""
