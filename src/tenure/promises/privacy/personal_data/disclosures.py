"""What is held of what left: to whom, of whom, and who is told of a change."""

from typing import Final

from tenure.values.holding import Category, End, Holding, Lead, Row, Subject, Way, impersonal


def _left(table: str, column: str, why: str, whose: Subject = Subject.SUBSCRIBER) -> Holding:
    return Holding(
        table=table,
        column=column,
        whose=whose,
        category=Category.EVIDENCE,
        why=why,
        keep="evidence" if whose is Subject.SUBSCRIBER else "staff",
        end=End.DELETE,
    )


_AGREEMENT: Final = (
    "recipient version class basis country is_abroad measure is_confidential purpose consent "
    "consent_media fields ends_at is_listed"
)
_DISCLOSURE: Final = (
    "disclosure_id recipient agreement class basis country measure purpose agreed fields report "
    "period subjects payload_sha256 at leaf_seq"
)

HOLDINGS: Final = (
    *impersonal("agreement", "what a recipient may be given", *_AGREEMENT.split()),
    *impersonal("disclosure", "what left to whom, of so many", *_DISCLOSURE.split()),
    *impersonal(
        "disclosure",
        "by which document an authority asked, as it numbers it, and what was approved",
        "order_ref",
        "order_sha256",
        "request_hash",
    ),
    _left("disclosure", "login", "who of ours gave it", Subject.STAFF),
    _left("disclosed", "disclosure_id", "what left of them (PRV-WHO)"),
    _left("disclosed", "person_id", "of whom it was, so that they can be told (PRV-RIGHTS)"),
    _left("disclosed", "reference", "as the recipient knows them, and nothing else of ours"),
    *impersonal(
        "disclosing",
        "what a transaction discloses just now; gone before it ends",
        "transaction_id",
        "disclosure_id",
        "basis",
        "consent",
        "consent_media",
        "at",
    ),
    *impersonal(
        "attending",
        "whom a tool of care sees just now, by which look; gone before the transaction ends",
        "transaction_id",
        "look_id",
        "person_id",
    ),
    _left("message", "message_id", "which message to a recipient it is"),
    _left("message", "person_id", "whose data changed (GDPR article 19)"),
    *(
        _left("message", column, why)
        for column, why in (
            ("recipient", "who is told"),
            ("change", "of what"),
            ("refs", "as the recipient knows them"),
            ("asked_at", "since when they are to know"),
            ("expected_by", "by when they are to have done it"),
            ("done_at", "when they said that it is done"),
            ("case_id", "whose request it was that caused it"),
            ("signed", "what is sent, as we signed it"),
            ("receipt", "what they signed, whole, so that it can be verified again"),
        )
    ),
    *impersonal("message", "how the telling goes", "attempts", "next_at"),
    *impersonal("message", "the leaves that tell of it", "leaf_seq", "done_leaf_seq"),
    *impersonal(
        "recipient",
        "where a recipient hears of changes, and the keys by which it answers",
        "recipient",
        "deliver",
        "keys",
    ),
)

_PERSON: Final = (Lead(Way.PERSON, "person_id"),)

ROWS: Final = (
    Row("disclosure", ("disclosure_id",), (Lead(Way.LOGIN, "login"),), "t.at"),
    Row(
        "disclosed",
        ("disclosure_id", "person_id"),
        _PERSON,
        "(SELECT d.at FROM privacy.disclosure d WHERE d.disclosure_id = t.disclosure_id)",
    ),
    Row("message", ("message_id",), _PERSON, "t.done_at"),
)
