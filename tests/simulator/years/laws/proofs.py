"""Every signature that a change rests on, verified anew with the keys that were shown."""

import base64
import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.simulator.years.books import Asked, Books
from tests.simulator.years.laws.agreement import AGREED, APPROVED
from tests.simulator.years.laws.holding import MS, Rows
from tests.simulator.years.life import Life

CONSENTS = f"""
SELECT c.request_id::text, c.party, c.person_id, c.witness, {MS.format("c.given_at")},
       c.credential_id, c.authenticator_data, c.client_data_json, c.signature
FROM numbers.consent c JOIN numbers.request r USING (request_id) WHERE r.outcome = 'effected'
"""  # noqa: S608 -- of this file
APPROVALS = f"""
SELECT r.request_id::text, a.approved_by, {MS.format("a.approved_at")},
       a.credential_id, a.authenticator_data, a.client_data_json, a.signature
FROM staff.approval a JOIN numbers.request r USING (request_hash) WHERE r.outcome = 'effected'
"""  # noqa: S608 -- of this file


def audit(life: Life, rows: Rows) -> None:
    """Of every request that took effect: who agreed, who approved, and that they signed it."""
    books = life.books
    consents: dict[str, set[tuple[Any, ...]]] = {}
    approvals: dict[str, set[tuple[Any, ...]]] = {}
    for request_id, party, person, witness, at, *shown in rows(CONSENTS):
        consents.setdefault(request_id, set()).add((party, person, at, witness))
        if witness is None:
            _signed(books, AGREED, request_id, (person, ""), shown)
        else:
            _signed(books, AGREED, request_id, (witness, f"seen {party} {person} "), shown)
    for request_id, human, at, *shown in rows(APPROVALS):
        approvals.setdefault(request_id, set()).add((human, at))
        _signed(books, APPROVED, request_id, (human, ""), shown)
    for asked in books.requests.values():
        if asked.ended is not None and asked.ended[0] == "effected":
            agreed = {(party, *given) for party, given in asked.consents.items()}
            books.must(AGREED, holds=consents.get(asked.id, set()) == agreed, seen=asked.kind)
            yes = set(asked.approvals.items())
            books.must(APPROVED, holds=approvals.get(asked.id, set()) == yes, seen=asked.kind)


def _signed(
    books: Books, law: str, request_id: str, who: tuple[int, str], shown: list[Any]
) -> None:
    asked = books.requests.get(request_id)
    books.must(
        law, holds=asked is not None and _is_signed(books, asked, who, shown), seen="signature"
    )


def _is_signed(books: Books, asked: Asked, who: tuple[int, str], shown: list[Any]) -> bool:
    """Who signed what: a witness signs whom they saw, and in which part."""
    credential, about, said, signature = (bytes(one) for one in shown)
    signer, saw = who
    key = books.keys.get(credential)
    if key is None or key.owner != signer:
        return False
    wanted = hashlib.sha256((saw + asked.hash().hex()).encode()).digest() if saw else asked.hash()
    challenge = json.loads(said)["challenge"]
    if base64.urlsafe_b64decode(challenge + "=" * (-len(challenge) % 4)) != wanted:
        return False
    try:
        signed = about + hashlib.sha256(said).digest()
        Ed25519PublicKey.from_public_bytes(key.point).verify(signature, signed)
    except InvalidSignature:
        return False
    return bool(about[32] & 0b101 == 0b101)
