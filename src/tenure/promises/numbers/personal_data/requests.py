"""What is held about requests, consents and locks."""

from typing import Final

from tenure.values.holding import Category, End, Holding, Lead, Row, Subject, Way, impersonal


def _evidence(
    table: str, why: str, *columns: str, whose: Subject = Subject.SUBSCRIBER
) -> tuple[Holding, ...]:
    return tuple(
        Holding(
            table=table,
            column=column,
            whose=whose,
            category=Category.EVIDENCE,
            why=why,
            keep="evidence",
            end=End.DELETE,
        )
        for column in columns
    )


HOLDINGS: Final = (
    *impersonal("request", "which request it is", "request_id", "request_hash", "leaf_seq"),
    *impersonal("request", "how it ended", "outcome", "ended_leaf_seq"),
    *_evidence(
        "request",
        "exactly what was asked, so that nothing else can be done (INC-CONSENT)",
        "kind",
        "msisdn",
        "from_holder",
        "to_holder",
        "iccid",
        "purse_id",
        "funds_go",
        "document",
        "requested_at",
        "body",
        "ended_at",
    ),
    *_evidence(
        "request", "who asked; the same may not approve", "requested_by", whose=Subject.STAFF
    ),
    *impersonal("consent", "what was agreed to", "request_id", "request_hash", "leaf_seq"),
    *_evidence(
        "consent",
        "who agreed to it and when, so that anybody can verify it again (INC-CONSENT)",
        "party",
        "person_id",
        "means",
        "given_at",
        "credential_id",
        "authenticator_data",
        "client_data_json",
        "signature",
        "own_key",
    ),
    *_evidence("consent", "who saw it", "witness", "witness_key", whose=Subject.STAFF),
    *_evidence(
        "consent",
        "that document and live photo were compared; the photo itself is not kept (PRV-BIO)",
        "document_kind",
        "photo_ppm",
        "photo_reference",
    ),
    *_evidence("lock", "the holder locked the number", "msisdn", "person_id", "since", "until"),
    *impersonal("lock", "the leaf that tells of it", "leaf_seq"),
)

ROWS: Final = (
    Row(
        "request",
        ("request_id",),
        (
            Lead(Way.PERSON, "from_holder"),
            Lead(Way.PERSON, "to_holder"),
            Lead(Way.HUMAN, "requested_by"),
        ),
        "t.ended_at",
    ),
    Row(
        "consent",
        ("request_id", "party"),
        (Lead(Way.PERSON, "person_id"), Lead(Way.HUMAN, "witness")),
        "(SELECT r.ended_at FROM numbers.request r WHERE r.request_id = t.request_id)",
    ),
    Row("lock", ("msisdn", "since"), (Lead(Way.PERSON, "person_id"),), "t.until"),
)
