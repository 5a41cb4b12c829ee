"""SQL of corrections: the one door by which an identity changes, and what went through it."""

from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.people.model import Evidence
from tenure.values.instant import Instant, moment_of

_CORRECT: Final = """
SELECT people.correct(
    ROW(%(leaf)s, %(person)s, %(at)s, %(body)s, %(ppm)s, %(reference)s, %(witness)s, %(key)s,
        %(data)s, %(client)s, %(signature)s, %(own_key)s, %(own_data)s, %(own_client)s,
        %(own_signature)s)::people.correction,
    %(seen)s
)
"""
_OF_PERSON: Final = "SELECT at FROM people.correction WHERE person_id = %s ORDER BY at"


async def correct(  # noqa: PLR0913, PLR0917 -- whose, what, the evidence, seen by whom, proof, when
    tx: Transaction,
    person_id: int,
    body: str,
    evidence: Evidence,
    witness: int,
    leaf_seq: int,
    at: Instant,
) -> None:
    """Change exactly what was signed; the function looks at the evidence again."""
    own, seen = evidence.own, evidence.seen
    await tx.execute(
        _CORRECT,
        {
            "leaf": leaf_seq,
            "person": person_id,
            "at": moment_of(at),
            "body": body,
            "ppm": seen.photo.score_ppm,
            "reference": seen.photo.reference,
            "witness": witness,
            "key": evidence.witness.credential_id,
            "data": evidence.witness.authenticator_data,
            "client": evidence.witness.client_data_json,
            "signature": evidence.witness.signature,
            "own_key": None if own is None else own.credential_id,
            "own_data": None if own is None else own.authenticator_data,
            "own_client": None if own is None else own.client_data_json,
            "own_signature": None if own is None else own.signature,
            "seen": f"{seen.document.kind}:{seen.document.number}",
        },
    )


async def corrected_at(tx: Transaction, person_id: int) -> list[Instant]:
    """When somebody's identity was corrected."""
    cursor = await tx.execute(_OF_PERSON, [person_id])
    return [row[0] for row in await cursor.fetchall()]
