"""What is held about requests: who asked what, what proved it, and how it was answered."""

from collections.abc import Iterator
from typing import Final

from tenure.values.holding import (
    Category,
    End,
    Export,
    Holding,
    Lead,
    Row,
    Subject,
    Way,
    impersonal,
)

_DECLARED: Final = "the person, visitor, candidate, partner or member of staff"


def _asked(table: str, columns: str, why: str) -> Iterator[Holding]:
    return _all(table, columns, why, Subject.DECLARED)


def _staff(table: str, columns: str, why: str) -> Iterator[Holding]:
    return _all(table, columns, why, Subject.STAFF)


def _all(table: str, columns: str, why: str, whose: Subject) -> Iterator[Holding]:
    for column in columns.split():
        yield Holding(
            table=table,
            column=column,
            whose=whose,
            category=Category.EVIDENCE,
            why=why,
            keep="privacy",
            end=End.DELETE,
            export=Export.NEVER if column in _SECRET else None,
        )


_SECRET: Final = frozenset(
    {"authenticator_data", "client_data_json", "signature", "credential_id", "own_credential"}
)
"""Octets of a signature, which tell a reader nothing."""
_OF_CASE: Final = "received_at answer_ms extension_max_ms pauses needs_proof is_reached"
_BEFORE: Final = (
    "before_seq before_state before_at before_due_at before_proven before_paused_ms"
    " before_extended_ms before_outcome"
)

HOLDINGS: Final = (
    *_asked("rights_case", "case_id right_name channel wanted scope", "what was asked, and how"),
    *_asked("rights_case", "whose_kind whose_id", f"{_DECLARED} it is about"),
    *_asked(
        "rights_case", "asked_by document prover_kind prover_id", "who asked, and by what right"
    ),
    *_asked("rights_case", f"{_OF_CASE} entered_at", "what was owed, from when on"),
    *_asked("rights_case", "language msisdn in_writing same_as", "how it is answered, and how far"),
    *impersonal("rights_case", "the leaf that tells of it", "leaf_seq"),
    *_asked("rights_proof", "case_id prover_kind prover_id way body at", "what proved who asks"),
    *_asked("rights_proof", "photo_ppm photo_reference", "how alike the live photo was (PRV-BIO)"),
    *_asked(
        "rights_proof",
        "credential_id authenticator_data client_data_json signature own_credential",
        "the signature, which anybody can verify",
    ),
    *_staff("rights_proof", "witness login", "who of ours saw the person, or asked"),
    *_asked("rights_step", "case_id seq step state at due_at proven", "each step of a request"),
    *_asked(
        "rights_step", "paused_ms extended_ms outcome ground reason late", "how it was answered"
    ),
    *_asked("rights_step", f"{_OF_CASE} {_BEFORE} proof_of", "so that no step can be left out"),
    *_staff("rights_step", "by_login", "who of ours did it"),
    *_staff("rights_step", "refusal_body refusal_hash refusal_approved_by", "what two agreed to"),
    *impersonal("rights_step", "the leaf that tells of it", "leaf_seq"),
    *_asked("rights_result", "item done ground reference until_at", "what became of each part"),
    *impersonal("rights_result", "the case, and the leaf that tells of it", "case_id", "leaf_seq"),
    *impersonal("rights_open", "which requests are to be answered", "case_id"),
    *impersonal(
        "rights_alert", "when officers heard of it", "case_id", "percent", "due_at", "raised_at"
    ),
)

_OVER: Final = (
    "(SELECT s.at FROM privacy.rights_step s WHERE s.case_id = t.case_id AND s.state = 'closed')"
)


def _one_of(column: str, kind: str) -> tuple[Lead, ...]:
    """The column names somebody of the kind that stands beside it."""
    return tuple(
        Lead(way, column, where=f"t.{kind} = '{way.value}'")
        for way in (Way.PERSON, Way.SUBJECT, Way.HUMAN)
    )


ROWS: Final = (
    Row(
        "rights_case",
        ("case_id",),
        (*_one_of("whose_id", "whose_kind"), Lead(Way.PERSON, "asked_by")),
        _OVER,
    ),
    Row(
        "rights_proof",
        ("case_id",),
        (
            *_one_of("prover_id", "prover_kind"),
            Lead(Way.HUMAN, "witness"),
            Lead(Way.LOGIN, "login"),
        ),
        _OVER,
    ),
    Row(
        "rights_step",
        ("case_id", "seq"),
        (Lead(Way.LEAF, "leaf_seq"), Lead(Way.LOGIN, "by_login")),
        _OVER,
    ),
    Row("rights_result", ("case_id", "item"), (Lead(Way.LEAF, "leaf_seq"),), _OVER),
)
