"""The AVPs we know by name: one table of rows per body of standards."""
