"""What is held about the people who hold numbers."""

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


def _of_person(
    column: str,
    category: Category,
    why: str,
    keep: str = "identity",
    table: str = "person",
    end: End = End.DELETE,
) -> Holding:
    return Holding(
        table=table,
        column=column,
        whose=Subject.SUBSCRIBER,
        category=category,
        why=why,
        keep=keep,
        end=end,
    )


HOLDINGS: Final = (
    _of_person("person_id", Category.IDENTIFICATION, "ties a person to the lines they hold"),
    # A number without a name stays while something that is kept for longer names it.
    *(
        _of_person(column, category, why, end=End.EMPTY)
        for column, category, why in (
            ("name", Category.IDENTIFICATION, "SIM registration requires it (PRV-DATA-C)"),
            ("language", Category.PRODUCT, "notices come in the language that was chosen"),
            (
                "born_on",
                Category.IDENTIFICATION,
                "a minor needs a guardian's consent (PRV-MINOR)",
            ),
            ("document_kind", Category.IDENTIFICATION, "SIM registration requires it"),
            ("document_number", Category.IDENTIFICATION, "SIM registration requires it"),
        )
    ),
    _of_person("since", Category.EVIDENCE, "when the person was registered"),
    *(
        _of_person(column, Category.EVIDENCE, why, keep="evidence", table="passkey")
        for column, why in (
            ("credential_id", "by which key somebody proves who they are (INC-CONSENT)"),
            ("person_id", "whose key it is"),
            ("public_key", "verifies what they signed"),
            ("sign_count", "shows a copied key"),
            ("added_at", "a fresh key might be a thief's"),
            ("ended_at", "from when on it proves nothing"),
        )
    ),
    *impersonal("passkey", "the leaf that tells of it", "leaf_seq"),
    *(
        _of_person(column, Category.IDENTIFICATION, why, table="guardian")
        for column, why in (
            ("ward_id", "who needs a guardian's consent (PRV-MINOR)"),
            ("guardian_id", "who may give it"),
            ("since", "from when on they may"),
            ("until", "until when they may"),
        )
    ),
    *impersonal("guardian", "the leaf that tells of it", "leaf_seq"),
    *impersonal(
        "figures",
        "what the database enforces of the pack",
        "one",
        "adult_years",
        "time_zone",
        "passkey_age_ms",
        "digest",
    ),
    *(
        _of_person(column, Category.EVIDENCE, why, table="adulthood")
        for column, why in (
            ("person_id", "who was told that they are of age (PRV-MINOR)"),
            ("came_of_age_at", "on which birthday"),
            ("told_at", "once, and when"),
        )
    ),
    *impersonal("adulthood", "the leaf that tells of it", "leaf_seq"),
)

_PERSON: Final = (Lead(Way.PERSON, "person_id"),)

ROWS: Final = (
    Row(
        "person",
        ("person_id",),
        _PERSON,
        # Who never held a number counts from when they were entered, unless they are a guardian.
        "(SELECT CASE WHEN count(g.*) > 0 OR bool_or(upper_inf(h.during)) THEN NULL"
        " ELSE greatest(t.since, max(upper(h.during))) END"
        " FROM (SELECT) AS one"
        " LEFT JOIN numbers.tenure h ON h.holder_id = t.person_id"
        " LEFT JOIN people.guardian g ON t.person_id IN (g.ward_id, g.guardian_id)"
        " AND g.until IS NULL)",
        leaves="tstzrange(NULL, NULL)",
    ),
    Row(
        "passkey",
        ("credential_id",),
        _PERSON,
        f"coalesce(t.ended_at, {person_until('t.person_id')})",
    ),
    Row(
        "guardian",
        ("ward_id", "guardian_id", "since"),
        (Lead(Way.PERSON, "ward_id"), Lead(Way.PERSON, "guardian_id")),
        "t.until",
    ),
    Row("adulthood", ("person_id", "came_of_age_at"), _PERSON, "t.told_at"),
)
