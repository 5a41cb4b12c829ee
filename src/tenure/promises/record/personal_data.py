"""What the record holds about people: openings of commitments, apart from the leaves."""

from typing import Final

from tenure.values.holding import Category, End, Holding, Subject, impersonal

_WHY: Final = "proves to somebody that a leaf is about them"

HOLDINGS: Final = (
    *impersonal("leaf", "what was done, with commitments instead of personal data", "seq", "at"),
    *impersonal("leaf", "what was done, with commitments instead of personal data", "kind", "body"),
    *impersonal("leaf", "shows every later change of a leaf", "leaf_hash"),
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
