"""Tools of the house: what checks and builds it, never what runs in it."""
