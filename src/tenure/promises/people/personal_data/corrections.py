"""What is held about corrections and merges: what proves that a profile was changed rightly."""

from typing import Final

from tenure.values.holding import Category, End, Holding, Lead, Row, Subject, Way, impersonal


def _proof(table: str, column: str, why: str, category: Category = Category.EVIDENCE) -> Holding:
    return Holding(
        table=table,
        column=column,
        whose=Subject.SUBSCRIBER,
        category=category,
        why=why,
        keep="evidence",
        end=End.DELETE,
    )


def _witness(column: str, why: str) -> Holding:
    return Holding(
        table="correction",
        column=column,
        whose=Subject.STAFF,
        category=Category.EVIDENCE,
        why=why,
        keep="evidence",
        end=End.DELETE,
    )


HOLDINGS: Final = (
    *impersonal("correction", "the leaf that tells of it", "leaf_seq"),
    _proof("correction", "person_id", "whose profile it was", Category.IDENTIFICATION),
    _proof("correction", "at", "when it was corrected"),
    _proof("correction", "body", "exactly what was changed, as it was signed (INC-PROFILE)"),
    _proof("correction", "photo_ppm", "how alike the live photo was (PRV-BIO)"),
    _proof("correction", "photo_reference", "the provider's name for the comparison"),
    _witness("witness", "who of ours saw the document and the person"),
    *(
        _witness(column, "the witness's signature, which anybody can verify")
        for column in ("credential_id", "authenticator_data", "client_data_json", "signature")
    ),
    *(
        _proof("correction", column, "the person's own signature in place of a lost document")
        for column in (
            "own_credential_id",
            "own_authenticator_data",
            "own_client_data_json",
            "own_signature",
        )
    ),
    _proof("merge_request", "request_hash", "what was approved"),
    _proof("merge_request", "body", "exactly what was asked, and why"),
    _proof("merge_request", "duplicate_id", "which row is to lead to the other"),
    _proof("merge_request", "survivor_id", "which row stays"),
    _proof("merge_request", "asked_at", "when it was asked"),
    *impersonal("merge_request", "the leaf that tells of it", "leaf_seq"),
    _proof("merge", "duplicate_id", "past tenures in this name are the survivor's"),
    _proof("merge", "survivor_id", "who they are"),
    _proof("merge", "request_hash", "what two others approved"),
    _proof("merge", "at", "since when"),
    *impersonal("merge", "the leaf that tells of it", "leaf_seq"),
)

_BOTH: Final = (Lead(Way.PERSON, "duplicate_id"), Lead(Way.PERSON, "survivor_id"))

ROWS: Final = (
    Row(
        "correction",
        ("leaf_seq",),
        (Lead(Way.PERSON, "person_id"), Lead(Way.HUMAN, "witness")),
        "t.at",
    ),
    Row("merge_request", ("request_hash",), _BOTH, "t.asked_at"),
    Row("merge", ("duplicate_id",), _BOTH, "t.at"),
)
