"""All SQL of staff, a file a room."""
