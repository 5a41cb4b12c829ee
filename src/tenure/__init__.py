"""Tenure, the system of record of a mobile operator: the published terms are the program."""
