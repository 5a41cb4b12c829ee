"""Who may be entered, changed and believed; pure.

Read persons, corrections, contacts, merging, forms, subjects, publishing.
"""

from tenure.promises.people.rules.contacts import address_of, confirmed, keyed_hash, proposed
from tenure.promises.people.rules.corrections import body, body_hash, corrected, own_key
from tenure.promises.people.rules.merging import asked as merge_asked
from tenure.promises.people.rules.merging import merged
from tenure.promises.people.rules.persons import (
    PHOTO_MATCH_MIN_PPM,
    entered,
    guarded,
    keyed,
    recognised,
    spoken,
    unguarded,
)

__all__ = [
    "PHOTO_MATCH_MIN_PPM",
    "address_of",
    "body",
    "body_hash",
    "confirmed",
    "corrected",
    "entered",
    "guarded",
    "keyed",
    "keyed_hash",
    "merge_asked",
    "merged",
    "own_key",
    "proposed",
    "recognised",
    "spoken",
    "unguarded",
]
