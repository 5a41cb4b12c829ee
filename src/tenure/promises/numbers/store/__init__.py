"""All SQL of numbers: one file for each file of operations."""
