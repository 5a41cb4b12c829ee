"""Why something about people cannot be entered, changed or believed."""

from enum import IntEnum


class Refusal(IntEnum):
    """Why something about a person cannot be entered or believed, in descending precedence."""

    NAME_MISSING = 1
    UNKNOWN_LANGUAGE = 2
    BORN_LATER = 3
    """Born after the day of the entry."""
    DOCUMENT_KNOWN = 4
    """This document is somebody's already: one person is one row."""
    UNKNOWN_PERSON = 5
    DOCUMENT_DIFFERS = 6
    PHOTO_DIFFERS = 7
    PASSKEY_KNOWN = 8
    """This passkey is somebody's already."""
    NOT_PROVEN = 9
    """Signed for something else, by another key, or not by a verified user."""
    OWN_GUARDIAN = 10
    GUARDIAN_TOO_YOUNG = 11
    NOT_A_MINOR = 12
    GUARDIAN_KNOWN = 13
    NOT_THE_GUARDIAN = 14
    IS_A_DUPLICATE = 15
    """Their row was merged into another one."""
    NOTHING_CHANGES = 16
    DOCUMENT_MALFORMED = 17
    SEEN_BY_ONESELF = 18
    """The witness and the person are one human."""
    PASSKEY_TOO_FRESH = 19
    ADDRESS_MALFORMED = 20
    TOO_MANY_CODES = 21
    CODE_UNKNOWN = 22
    """No code waits for this person and channel, or it is too old."""
    CODE_WRONG = 23
    CODE_LOCKED = 24
    """Five wrong ones were tried."""
    SAME_PERSON = 25
    HOLDS_NUMBERS = 26
    """A number is in the name of the duplicate."""
    MERGE_UNKNOWN = 27
    APPROVALS_MISSING = 28
    UNKNOWN_KIND = 29
    MAY_NOT_ENTER = 30
    """The pack lets somebody else enter this kind (PRV-WHEN)."""
    UNKNOWN_OCCASION = 31
    PROFILE_MISSING = 32
    """This kind has a profile: it is entered as a person first."""
    NOT_REGISTERED = 33
    """This kind has no profile."""
    NOT_REPRESENTED = 34
    """Nobody stated that the person whose data it is agrees (PRV-THIRD)."""
    ITEM_UNKNOWN = 35
    """Nobody asks this of this kind: it is not kept."""
    ITEM_ON_PROFILE = 36
    ITEM_MALFORMED = 37
    ITEM_MISSING = 38
    """Obligatory, and the consequence is told (PRV-OPTION)."""
    ITEM_KNOWN = 39
    UNKNOWN_SUBJECT = 40
    KEYS_MISSING = 41
    """What is sensitive is kept sealed, and no keys are at hand."""
