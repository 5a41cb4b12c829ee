"""What is held about addresses, and about the codes that prove whose they are."""

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
    person_until,
)


def _of(table: str, column: str, category: Category, why: str, keep: str) -> Holding:
    return Holding(
        table=table,
        column=column,
        whose=Subject.SUBSCRIBER,
        category=category,
        why=why,
        keep=keep,
        end=End.DELETE,
    )


HOLDINGS: Final = (
    *impersonal("contact_code", "which code it is", "code_id"),
    _of("contact_code", "person_id", Category.IDENTIFICATION, "who said it is theirs", "codes"),
    _of("contact_code", "channel", Category.CONTACT, "e-mail or letter", "codes"),
    _of("contact_code", "address", Category.CONTACT, "where the code was sent", "codes"),
    _of(
        "contact_code", "keyed_hash", Category.EVIDENCE, "knows the code without having it", "codes"
    ),
    _of("contact_code", "asked_at", Category.EVIDENCE, "nobody's mailbox is flooded", "codes"),
    _of("contact_code", "until_at", Category.EVIDENCE, "an old code proves nothing", "codes"),
    _of("contact_code", "wrong_tries", Category.EVIDENCE, "a code cannot be guessed", "codes"),
    _of("contact_code", "confirmed_at", Category.EVIDENCE, "proves whose address it is", "codes"),
    *impersonal("contact", "which code confirmed it, and the leaf", "code_id", "leaf_seq"),
    _of("contact", "person_id", Category.IDENTIFICATION, "whose address it is", "contact"),
    _of("contact", "channel", Category.CONTACT, "e-mail or letter", "contact"),
    _of("contact", "address", Category.CONTACT, "a second way when no text arrives", "contact"),
    _of(
        "contact",
        "verified_at",
        Category.EVIDENCE,
        "since when it is known to be theirs",
        "contact",
    ),
    _of("contact", "ended_at", Category.EVIDENCE, "from when on it is not used", "contact"),
)

_PERSON: Final = (Lead(Way.PERSON, "person_id"),)

ROWS: Final = (
    Row("contact_code", ("code_id",), _PERSON, "t.until_at"),
    Row(
        "contact",
        ("code_id",),
        _PERSON,
        f"coalesce(t.ended_at, {person_until('t.person_id')})",
        leaves="tstzrange(t.verified_at, t.ended_at)",
    ),
)
