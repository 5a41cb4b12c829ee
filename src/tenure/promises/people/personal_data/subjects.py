"""What is held about everybody else: whose and what it is, the pack declares for each item."""

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

KEEP: Final = "subject"
"""The class of what is kept: the key of this class seals what is sensitive."""


def _of(table: str, column: str, category: Category, why: str) -> Holding:
    return Holding(
        table=table,
        column=column,
        whose=Subject.DECLARED,
        category=category,
        why=why,
        keep=KEEP,
        end=End.DELETE,
    )


HOLDINGS: Final = (
    *impersonal("kind", "the operator's own", "kind", "third_party", "registered"),
    *impersonal(
        "declared",
        "the operator's own",
        "kind",
        "item",
        "form",
        "many",
        "of_another",
        "sensitive",
    ),
    *impersonal(
        "subject", "what the kind is, and the leaf", "third_party", "registered", "leaf_seq"
    ),
    _of("subject", "subject_id", Category.IDENTIFICATION, "ties what is known to somebody"),
    _of("subject", "kind", Category.EVIDENCE, "as what somebody is known (PRV-KINDS)"),
    _of("subject", "person_id", Category.IDENTIFICATION, "whose profile it goes with"),
    _of("subject", "occasion", Category.EVIDENCE, "when it was collected (PRV-WHEN)"),
    _of("subject", "since", Category.EVIDENCE, "since when they are known"),
    _of("subject", "named_by", Category.EVIDENCE, "who gave another person's data (PRV-THIRD)"),
    _of("subject", "represented_at", Category.EVIDENCE, "when they said that this person agrees"),
    *impersonal(
        "item",
        "how the item is declared",
        "registered",
        "form",
        "many",
        "of_another",
        "sensitive",
        "place",
    ),
    *impersonal("item", "the leaf that tells of it", "leaf_seq"),
    _of("item", "subject_id", Category.IDENTIFICATION, "of whom it tells"),
    _of("item", "person_id", Category.IDENTIFICATION, "whose profile it goes with"),
    _of("item", "kind", Category.EVIDENCE, "as what somebody is known"),
    _of("item", "item", Category.EVIDENCE, "what it tells"),
    _of("item", "value", Category.DECLARED, "what the pack asks this kind for, and nothing else"),
    _of("item", "sealed", Category.DECLARED, "the same, of what is sensitive: sealed (PRV-SEC)"),
    _of("item", "occasion", Category.EVIDENCE, "when it was collected (PRV-WHEN)"),
    _of(
        "item", "represented", Category.EVIDENCE, "whether another's consent was stated (PRV-THIRD)"
    ),
    _of("item", "since", Category.EVIDENCE, "since when it is so"),
    _of("item", "ended_at", Category.EVIDENCE, "until when it was so"),
)

_HEARD: Final = (
    "(SELECT greatest(s.since, max(i.since)) FROM people.subject s"
    " LEFT JOIN people.item i USING (subject_id) WHERE s.subject_id = t.subject_id"
    " GROUP BY s.since)"
)


def _until(person_id: str) -> str:
    """Who has a profile counts with it; of everybody else it counts when we last heard of them."""
    return f"(CASE WHEN {person_id} IS NULL THEN {_HEARD} ELSE {person_until(person_id)} END)"


ROWS: Final = (
    Row(
        "subject",
        ("subject_id",),
        (
            # Whose profile it is comes first: with the keys of this person all of it ends.
            Lead(Way.PERSON, "person_id"),
            Lead(Way.SUBJECT, "subject_id"),
            Lead(
                Way.PERSON, "named_by", where="starts_with(t.named_by, 'person ')", prefix="person "
            ),
            Lead(
                Way.SUBJECT,
                "named_by",
                where="starts_with(t.named_by, 'subject ')",
                prefix="subject ",
            ),
        ),
        _until("t.person_id"),
    ),
    Row(
        "item",
        ("subject_id", "item", "place", "since"),
        (Lead(Way.PERSON, "person_id"), Lead(Way.SUBJECT, "subject_id")),
        f"coalesce(t.ended_at, {_until('t.person_id')})",
    ),
)
