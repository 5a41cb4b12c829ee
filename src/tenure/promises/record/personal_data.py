"""What the record holds about people: openings of commitments, apart from the leaves."""

from typing import Final

from tenure.values.holding import Category, End, Holding, Subject, impersonal

_WHY: Final = "proves to somebody that a leaf is about them"

HOLDINGS: Final = (
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
