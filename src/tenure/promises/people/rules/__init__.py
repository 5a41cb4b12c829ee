"""Who may be entered, changed and believed; pure.

Read persons, forms, subjects, contacts, merging.
"""

from tenure.promises.people.rules.persons import (
    PHOTO_MATCH_MIN_PPM,
    entered,
    guarded,
    keyed,
    recognised,
)

__all__ = ["PHOTO_MATCH_MIN_PPM", "entered", "guarded", "keyed", "recognised"]
