"""All SQL of people: persons, corrections, contacts, merging, subjects."""
