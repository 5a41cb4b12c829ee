"""What is held about the end of a number's life, and about what holds it where it is."""

from typing import Final

from tenure.values.holding import Category, End, Holding, Lead, Row, Subject, Way, impersonal


def _evidence(table: str, why: str, *columns: str, keep: str = "evidence") -> tuple[Holding, ...]:
    return tuple(
        Holding(
            table=table,
            column=column,
            whose=Subject.SUBSCRIBER,
            category=Category.EVIDENCE,
            why=why,
            keep=keep,
            end=End.DELETE,
        )
        for column in columns
    )


def _told(table: str, why: str, *columns: str) -> tuple[Holding, ...]:
    """What goes with the notice that it was told by."""
    return _evidence(table, why, *columns, keep="notices")


_REMINDED: Final = "proves that the holder was reminded, of which end, and how often (INC-90)"
_EXPIRY: Final = "proves that the holder was told of the end of a validity, once"
_HELD: Final = "keeps a number where it is while something is open about it"
_RECYCLED: Final = "proves that a number was recycled only after its time and its reminders"

HOLDINGS: Final = (
    *impersonal("reminder", "which notice it was", "notice_id"),
    *_told("reminder", _REMINDED, "purse_id", "validity_end", "step", "msisdn", "at"),
    *impersonal("expiry_notice", "which notice it was", "notice_id"),
    *_told("expiry_notice", _EXPIRY, "purse_id", "validity_end", "days_before", "msisdn", "at"),
    *impersonal("stage_bar", "the leaf that the network acts on", "leaf_seq"),
    *_evidence("stage_bar", "what the network was told of the number's stage", "msisdn", "since"),
    *impersonal("hold", "which hold it is, and its leaves", "hold_id", "leaf_seq"),
    *impersonal("hold", "the leaf of its end", "release_leaf_seq"),
    *_evidence("hold", _HELD, "msisdn", "kind", "reference", "since", "until"),
    *impersonal("recycled", "the leaf that proves it", "leaf_seq"),
    *impersonal("recycled", "the figures it was judged by", "outgoing_blocked_ms"),
    *impersonal("recycled", "the figures it was judged by", "both_blocked_ms", "reminders_min"),
    *_evidence("recycled", _RECYCLED, "purse_id", "msisdn", "holder_id", "validity_end"),
    *_evidence("recycled", _RECYCLED, "reminders", "last_reminded_at", "at"),
)

_PURSE: Final = (Lead(Way.PURSE, "purse_id"),)

ROWS: Final = (
    Row("reminder", ("purse_id", "validity_end", "step"), _PURSE, "t.at"),
    Row("expiry_notice", ("purse_id", "validity_end", "days_before"), _PURSE, "t.at"),
    # The row is there while the bar is, and goes with it: it is about whoever has the number now.
    Row("stage_bar", ("msisdn",), (Lead(Way.NUMBER, "msisdn"),), "NULL::timestamptz"),
    Row("hold", ("hold_id",), (Lead(Way.NUMBER, "msisdn", "t.since"),), "t.until"),
    Row(
        "recycled",
        ("purse_id",),
        (Lead(Way.PERSON, "holder_id"),),
        "t.at",
    ),
)
