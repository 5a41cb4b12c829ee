"""What is held about people, column by column: persons, corrections, contacts, subjects."""

from typing import Final

from tenure.promises.people.personal_data import contacts, corrections, persons, subjects

HOLDINGS: Final = (
    *persons.HOLDINGS,
    *corrections.HOLDINGS,
    *contacts.HOLDINGS,
    *subjects.HOLDINGS,
)

ROWS: Final = (
    *persons.ROWS,
    *corrections.ROWS,
    *contacts.ROWS,
    *subjects.ROWS,
)
