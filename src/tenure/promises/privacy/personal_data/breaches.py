"""What is held about breaches: whose data it was, and who of ours did what about it."""

from typing import Final

from tenure.values.holding import (
    Category,
    End,
    Holding,
    Lead,
    Row,
    Subject,
    Way,
    impersonal,
)

KEEP: Final = "evidence"


def _held(table: str, column: str, whose: Subject, why: str) -> Holding:
    return Holding(
        table=table,
        column=column,
        whose=whose,
        category=Category.EVIDENCE,
        why=why,
        keep=KEEP,
        end=End.DELETE,
    )


HOLDINGS: Final = (
    *impersonal(
        "breach", "what happened, and until when who is to be told", "breach_id", "known_at",
        "began_at", "ended_at", "tables", "subjects_until", "authority_until", "opened_at",
        "leaf_seq",
    ),
    _held("breach", "by_login", Subject.STAFF, "whose looks are in question"),
    _held("breach", "opened_by", Subject.STAFF, "who of ours knew first"),
    *impersonal(
        "breach_words", "what everybody concerned is told", "breach_id", "language", "seq", "what",
        "how", "handling", "at",
    ),
    *impersonal("breach_affected", "of which breach, and since when", "breach_id", "found_at"),
    _held("breach_affected", "person_id", Subject.SUBSCRIBER, "whose data it was"),
    _held("breach_affected", "subject_id", Subject.DECLARED, "whose data it was"),
    _held("breach_affected", "human_id", Subject.STAFF, "whose data it was"),
    _held("breach_affected", "notice_id", Subject.SUBSCRIBER, "by what they were told"),
    _held("breach_affected", "told_at", Subject.SUBSCRIBER, "that they were told, and when"),
    *impersonal("breach_step", "what was done about it", "breach_id", "seq", "step", "at",
                "leaf_seq"),
    _held("breach_step", "by_login", Subject.STAFF, "who of ours did it"),
    _held("breach_step", "note", Subject.STAFF, "what was done and decided, and its reference"),
)  # fmt: skip

ROWS: Final = (
    Row(
        "breach",
        ("breach_id",),
        (Lead(Way.LOGIN, "by_login"), Lead(Way.LOGIN, "opened_by")),
        "t.opened_at",
    ),
    Row(
        "breach_affected",
        ("breach_id", "person_id", "subject_id", "human_id"),
        (
            Lead(Way.PERSON, "person_id"),
            Lead(Way.SUBJECT, "subject_id"),
            Lead(Way.HUMAN, "human_id"),
        ),
        "t.told_at",
    ),
    Row("breach_step", ("breach_id", "seq"), (Lead(Way.LOGIN, "by_login"),), "t.at"),
)
