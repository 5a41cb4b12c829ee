"""What the record holds about people: openings of commitments, apart from the leaves."""

from typing import Final

from tenure.values.holding import (
    Category,
    End,
    Export,
    Holding,
    Lead,
    Row,
    Subject,
    Way,
    impersonal,
    shown_as,
)

_WHY: Final = "proves to somebody that a leaf is about them"

_HELD: Final = (
    *impersonal("leaf", "what was done, with commitments instead of personal data", "seq", "at"),
    *impersonal("leaf", "what was done, with commitments instead of personal data", "kind", "body"),
    *impersonal("leaf", "shows every later change of a leaf", "leaf_hash"),
    *impersonal("unsequenced", "which leaf waits for its place", "leaf_seq"),
    *impersonal("log", "which log it is", "log_id", "origin"),
    *impersonal("log", "since when it grows, until when, and what follows", "opened_at"),
    *impersonal("log", "until when it grew, and what followed", "closed_at", "successor_id"),
    *impersonal("log_key", "verifies what the log has signed", "log_id", "vkey", "since", "until"),
    *impersonal("place", "where in which log a leaf is", "log_id", "index", "leaf_seq"),
    *impersonal("tile", "hashes of the tree", "log_id", "level", "number", "hashes"),
    *impersonal("checkpoint", "what the witnesses have seen of the log", "log_id", "size", "root"),
    *impersonal("checkpoint", "proves it to anybody", "note", "published_at"),
    *impersonal("opening", "which commitment of which leaf this opens", "leaf_seq", "field"),
    Holding(
        table="opening",
        column="salt",
        whose=Subject.SUBSCRIBER,
        category=Category.EVIDENCE,
        why=_WHY,
        keep="evidence",
        end=End.DELETE,
    ),
    Holding(
        table="opening",
        column="value",
        whose=Subject.SUBSCRIBER,
        category=Category.EVIDENCE,
        why=_WHY,
        keep="evidence",
        end=End.DELETE,
    ),
)

_MOMENT: Final = "(SELECT l.at FROM record.leaf l WHERE l.seq = t.leaf_seq)"
_PERSONS: Final = "'person', 'holder', 'from', 'to', 'said_by', 'supplier', 'duplicate', 'survivor'"
_OTHERS: Final = "'msisdn', 'subject', 'named_by', 'human', 'by', 'login'"

# What a leaf tells of somebody, in their own words; a receipt has the salt.
HOLDINGS: Final = shown_as(
    _HELD,
    {
        Export.KNOW: (
            "opening.leaf_seq",
            "opening.field",
        ),
        Export.NEVER: ("opening.salt",),
    },
)

ROWS: Final = (
    # An opening that names somebody is about them, though its leaf tells of two people; what names
    # nobody is about whom the other openings of its leaf name.
    Row(
        "opening",
        ("leaf_seq", "field"),
        (
            Lead(Way.PERSON, "value", where=f"t.field IN ({_PERSONS})", prefix=""),
            Lead(Way.NUMBER, "value", at=_MOMENT, where="t.field = 'msisdn'"),
            Lead(Way.SUBJECT, "value", where="t.field = 'subject'", prefix=""),
            Lead(
                Way.PERSON,
                "value",
                where="t.field = 'named_by' AND starts_with(t.value, 'person ')",
                prefix="person ",
            ),
            Lead(
                Way.SUBJECT,
                "value",
                where="t.field = 'named_by' AND starts_with(t.value, 'subject ')",
                prefix="subject ",
            ),
            Lead(Way.HUMAN, "value", where="t.field = 'human'", prefix=""),
            Lead(Way.LOGIN, "value", where="t.field IN ('by', 'login')"),
            Lead(Way.LEAF, "leaf_seq", where=f"t.field NOT IN ({_PERSONS}, {_OTHERS})"),
        ),
        _MOMENT,
    ),
)
