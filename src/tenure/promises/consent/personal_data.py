"""What is held about yes and no: who said what to which text, and how, as the proof of it."""

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


def _of(table: str, column: str, category: Category, why: str) -> Holding:
    return Holding(
        table=table,
        column=column,
        whose=Subject.SUBSCRIBER,
        category=category,
        why=why,
        keep="evidence",
        end=End.DELETE,
    )


_SAID: Final = (
    ("way", "by which way it was said"),
    ("language", "in which language it could be read"),
    ("evidence", "which dialogue, message or form proves it"),
)
_TEXT: Final = (
    ("version", "to which version"),
    ("sha256", "to which words exactly"),
)

HOLDINGS: Final = (
    *impersonal(
        "text",
        "a text that was published or shown to everybody alike",
        "document",
        "version",
        "language",
        "sha256",
        "body",
        "meaning",
        "published_at",
        "effective_from",
        "kept_at",
        "leaf_seq",
    ),
    # What somebody refused outlives their profile: else they would be asked, and sold to, again.
    _of("event", "person_id", Category.IDENTIFICATION, "whose word it is (PRV-RIGHTS)"),
    _of(
        "event", "by_person_id", Category.IDENTIFICATION, "who said it: a guardian can (PRV-MINOR)"
    ),
    _of("event", "record_id", Category.EVIDENCE, "what their receipt names"),
    *(
        _of("event", column, Category.EVIDENCE, why)
        for column, why in (
            ("purpose", "to what (PRV-WHY)"),
            ("medium", "and by which medium they may be contacted (GTC-MKT)"),
            ("seq", "which word of theirs about it"),
            ("word", "yes, or no"),
            ("at", "since when it counts"),
            ("until_at", "when a yes ends by itself"),
            ("meaning", "a yes to another meaning counts no more"),
            ("purpose_version", "which words of the purpose they read"),
            ("purpose_sha256", "these words exactly"),
            ("notice_version", "which notice they could read (PRV-ACK)"),
            ("notice_sha256", "this notice exactly"),
            ("after_seq", "the word before"),
            ("after_word", "what it was: only a yes is withdrawn"),
            ("after_at", "and when: the stricter of two counts"),
            ("purpose_document", "finds the words of the purpose"),
            *_SAID,
        )
    ),
    *impersonal("event", "the name of the notice, the same in every row", "notice_document"),
    *impersonal("event", "the leaf that tells of it", "leaf_seq"),
    *(
        _of(table, column, Category.EVIDENCE, why)
        for table in ("acceptance", "acknowledgement")
        for column, why in (
            ("document", "what they could read"),
            *_TEXT,
            *_SAID,
            ("at", "since when it binds"),
        )
    ),
    _of("acceptance", "acceptance_id", Category.EVIDENCE, "which acceptance it is"),
    _of("acceptance", "person_id", Category.IDENTIFICATION, "whom the terms bind (GTC-ACCEPT)"),
    _of("acceptance", "manner", Category.EVIDENCE, "what made them bind (GTC-ACCEPT)"),
    *impersonal("acceptance", "the leaf that tells of it", "leaf_seq"),
    _of("acknowledgement", "acknowledgement_id", Category.EVIDENCE, "which one it is"),
    _of("acknowledgement", "person_id", Category.IDENTIFICATION, "who gave data (PRV-ACK)"),
    _of("acknowledgement", "occasion", Category.EVIDENCE, "what the data was given for"),
    *impersonal("acknowledgement", "the leaf that tells of it", "leaf_seq"),
    _of("representation", "representation_id", Category.EVIDENCE, "which one it is"),
    _of("representation", "supplier_id", Category.IDENTIFICATION, "who states it (PRV-THIRD)"),
    _of("representation", "about", Category.EVIDENCE, "which items of another person's data"),
    _of("representation", "occasion", Category.EVIDENCE, "what the data was given for"),
    *(_of("representation", column, Category.EVIDENCE, why) for column, why in _SAID),
    _of("representation", "at", Category.EVIDENCE, "when they stated it"),
    *impersonal("representation", "the leaf that tells of it", "leaf_seq"),
    _of("restriction", "restriction_id", Category.EVIDENCE, "which restriction it is"),
    _of("restriction", "person_id", Category.IDENTIFICATION, "whose data rests (PRV-RIGHTS)"),
    *(
        _of("restriction", column, Category.EVIDENCE, why)
        for column, why in (
            ("ground", "why it rests"),
            ("case_ref", "by which case of their right"),
            ("since", "since when it rests"),
            ("told_at", "when they were told that it ends"),
            ("told_by", "and by which notice or letter"),
            ("until_at", "since when it may be used again"),
        )
    ),
    *impersonal("restriction", "the leaves that tell of it", "leaf_seq", "lifted_leaf_seq"),
)

_PERSON: Final = (Lead(Way.PERSON, "person_id"),)
_NEXT: Final = (
    "(SELECT min(n.at) FROM consent.event n WHERE n.person_id = t.person_id"
    " AND n.purpose = t.purpose AND n.medium = t.medium AND n.seq > t.seq)"
)

ROWS: Final = (
    Row(
        "event",
        ("record_id",),
        (*_PERSON, Lead(Way.PERSON, "by_person_id")),
        # The last word stands, also a no, until who said it has no number of ours any more.
        f"coalesce(least({_NEXT}, t.until_at), {person_until('t.person_id')})",
        leaves="tstzrange(t.at, t.at, '[]')",
    ),
    Row("acceptance", ("acceptance_id",), _PERSON, person_until("t.person_id")),
    Row("acknowledgement", ("acknowledgement_id",), _PERSON, "t.at"),
    Row("representation", ("representation_id",), (Lead(Way.PERSON, "supplier_id"),), "t.at"),
    Row("restriction", ("restriction_id",), _PERSON, "t.until_at"),
)
