"""All SQL of requests: what was asked, who agreed, how a number stands, and the doors."""

from typing import Any, Final

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model.requests import (
    Approval,
    Consent,
    Ending,
    Kind,
    Locked,
    Means,
    Outcome,
    Party,
    Request,
    Standing,
)
from tenure.promises.people.model import Document, Presence
from tenure.values.instant import Instant, moment_of
from tenure.values.msisdn import Msisdn
from tenure.values.passkey import Assertion

_REQUEST: Final = """
SELECT request_id::text, kind, msisdn, from_holder, to_holder, iccid, purse_id, funds_go, document,
       requested_at, requested_by, request_hash, ended_at, outcome
FROM numbers.request
"""
_BY_ID: Final = f"{_REQUEST} WHERE request_id = %s"
_OPEN_OF: Final = f"{_REQUEST} WHERE msisdn = %s AND ended_at IS NULL"
_OF_NUMBER: Final = f"{_REQUEST} WHERE msisdn = %s ORDER BY requested_at DESC LIMIT %s"
_ALL_OPEN: Final = """
SELECT request_id::text FROM numbers.request
WHERE ended_at IS NULL AND request_id::text > %s ORDER BY request_id::text LIMIT %s
"""
_ASK: Final = """
INSERT INTO numbers.request (
    request_id, kind, msisdn, from_holder, to_holder, iccid, purse_id, funds_go, document,
    requested_at, requested_by, body, request_hash, leaf_seq
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_CONSENTS: Final = """
SELECT c.party, c.person_id, c.means, c.given_at, c.witness, k.added_at, h.suspended_at
FROM numbers.consent c LEFT JOIN people.passkey k ON k.credential_id = c.own_key
LEFT JOIN staff.human h ON h.human_id = c.witness
WHERE c.request_id = %s ORDER BY c.given_at, c.party
"""
_CONSENT: Final = """
INSERT INTO numbers.consent (
    request_id, request_hash, party, person_id, means, given_at, credential_id,
    authenticator_data, client_data_json, signature, witness, document_kind, photo_ppm,
    photo_reference, leaf_seq
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_APPROVALS: Final = """
SELECT a.approved_by, a.approved_at, h.suspended_at, h.document_kind, h.document_number
FROM staff.approval a JOIN staff.human h ON h.human_id = a.approved_by
WHERE a.request_hash = %s ORDER BY a.approved_at, a.approved_by
"""
_STANDING: Final = """
SELECT (SELECT t.holder_id FROM numbers.tenure t
        WHERE t.msisdn = n.msisdn AND upper_inf(t.during)),
       l.lost_at, coalesce(l.suspended, false),
       coalesce(l.bar_outgoing OR l.bar_incoming, false),
       EXISTS (SELECT FROM numbers.hold h
               WHERE h.msisdn = n.msisdn AND (h.until IS NULL OR %(at)s < h.until)),
       (SELECT k.since FROM numbers.lock k WHERE k.msisdn = n.msisdn AND k.until IS NULL),
       (SELECT lower(b.during) FROM numbers.binding b
        WHERE b.msisdn = n.msisdn AND upper_inf(b.during))
FROM (SELECT %(msisdn)s::text AS msisdn) n LEFT JOIN numbers.line l ON l.msisdn = n.msisdn
"""
_HELD_BEFORE: Final = """
SELECT EXISTS (
    SELECT FROM numbers.tenure t
    WHERE t.msisdn = %s AND t.holder_id = %s AND upper(t.during) <= %s AND NOT EXISTS (
        SELECT FROM numbers.tenure n
        WHERE n.msisdn = t.msisdn AND n.opened_as = 'first-sale'
          AND lower(n.during) >= upper(t.during)
    )
)
"""
_DOCUMENT: Final = "SELECT document_kind, document_number FROM staff.human WHERE human_id = %s"
_KEEP_FROM_OTHERS: Final = "SELECT FROM numbers.line WHERE msisdn = %s FOR UPDATE"
_EFFECT: Final = "SELECT numbers.effect(%s::uuid, %s, %s)"
_END: Final = "SELECT numbers.end_request(%s::uuid, %s, %s, %s)"
_LOCK: Final = """
INSERT INTO numbers.lock (msisdn, person_id, since, leaf_seq) VALUES (%s, %s, %s, %s)
"""


class Stored(msgspec.Struct, frozen=True):
    """A request as it is kept."""

    request: Request
    request_hash: bytes
    ending: Ending | None


def _stored(row: tuple[Any, ...]) -> Stored:
    request_id, kind, msisdn, *asked, hashed, ended_at, outcome = row
    request = Request(request_id, Kind(kind), Msisdn(msisdn), *asked)
    ending = None if ended_at is None else Ending(Outcome(outcome), ended_at)
    return Stored(request, bytes(hashed), ending)


async def request(tx: Transaction, request_id: str) -> Stored | None:
    """The request with this id."""
    cursor = await tx.execute(_BY_ID, [request_id])
    row = await cursor.fetchone()
    return None if row is None else _stored(row)


async def open_of(tx: Transaction, msisdn: str) -> Stored | None:
    """The open request of a number: there is one at most."""
    cursor = await tx.execute(_OPEN_OF, [msisdn])
    row = await cursor.fetchone()
    return None if row is None else _stored(row)


async def of_number(tx: Transaction, msisdn: str, limit: int) -> list[Stored]:
    """The requests of a number, the newest first."""
    cursor = await tx.execute(_OF_NUMBER, [msisdn, limit])
    return [_stored(row) for row in await cursor.fetchall()]


async def all_open(tx: Transaction, after: str, limit: int) -> list[str]:
    """The next open requests, by id."""
    cursor = await tx.execute(_ALL_OPEN, [after, limit])
    return [request_id for (request_id,) in await cursor.fetchall()]


async def ask(tx: Transaction, new: Request, body: str, request_hash: bytes, leaf_seq: int) -> None:
    """Keep a request; a second open one violates request_one_open_for_a_number."""
    values = [
        new.request_id,
        new.kind.value,
        new.msisdn,
        new.from_holder,
        new.to_holder,
        new.iccid,
        new.purse_id,
        new.funds_go,
        new.document,
        moment_of(new.asked_at),
        new.asked_by,
    ]
    await tx.execute(_ASK, [*values, body, request_hash, leaf_seq])


async def consents(tx: Transaction, request_id: str) -> list[Consent]:
    """Who agreed, the first one first."""
    cursor = await tx.execute(_CONSENTS, [request_id])
    return [
        Consent(Party(party), person_id, Means(means), *rest)
        for party, person_id, means, *rest in await cursor.fetchall()
    ]


async def consent(
    tx: Transaction,
    stored: Stored,
    given: Consent,
    signed: Assertion,
    seen: Presence | None,
    leaf_seq: int,
) -> None:
    """Keep a consent, with all that was signed."""
    values = [
        stored.request.request_id,
        stored.request_hash,
        given.party.value,
        given.person_id,
        given.means.value,
        moment_of(given.given_at),
        signed.credential_id,
        signed.authenticator_data,
        signed.client_data_json,
        signed.signature,
        given.witness,
        None if seen is None else seen.document.kind,
        None if seen is None else seen.photo.score_ppm,
        None if seen is None else seen.photo.reference,
    ]
    await tx.execute(_CONSENT, [*values, leaf_seq])


def _document(kind: str | None, number: str | None) -> Document | None:
    return None if kind is None or number is None else Document(kind, number)


async def approvals(tx: Transaction, request_hash: bytes) -> list[Approval]:
    """Who of ours approved, and who they are."""
    cursor = await tx.execute(_APPROVALS, [request_hash])
    return [
        Approval(human_id, approved_at, suspended_at, _document(kind, number))
        for human_id, approved_at, suspended_at, kind, number in await cursor.fetchall()
    ]


async def document_of(tx: Transaction, human_id: int) -> Document | None:
    """Who one of ours is, by their document."""
    cursor = await tx.execute(_DOCUMENT, [human_id])
    row = await cursor.fetchone()
    return None if row is None else _document(*row)


async def standing(tx: Transaction, msisdn: str, at: Instant) -> Standing:
    """How a number stands, without when its lock lifts."""
    cursor = await tx.execute(_STANDING, {"msisdn": msisdn, "at": moment_of(at)})
    row = await cursor.fetchone()
    assert row is not None
    holder, lost_at, suspended, barred, disputed, locked_since, sim_since = row
    lock = None if locked_since is None else Locked(locked_since)
    return Standing(holder, lost_at, suspended, barred, disputed, lock, sim_since)


async def held_before(tx: Transaction, msisdn: str, person_id: int, at: Instant) -> bool:
    """Whether somebody held a number, and it went to others since, but was never sold anew."""
    cursor = await tx.execute(_HELD_BEFORE, [msisdn, person_id, moment_of(at)])
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def keep_from_others(tx: Transaction, msisdn: str) -> None:
    """Let whoever else would change this number wait until the transaction ends."""
    await tx.execute(_KEEP_FROM_OTHERS, [msisdn])


async def effect(tx: Transaction, request_id: str, at: Instant, leaf_seq: int) -> int | None:
    """Let a request take effect through the one door, which verifies all of it again."""
    cursor = await tx.execute(_EFFECT, [request_id, moment_of(at), leaf_seq])
    row = await cursor.fetchone()
    assert row is not None
    return None if row[0] is None else int(row[0])


async def end(
    tx: Transaction, request_id: str, outcome: Outcome, at: Instant, leaf_seq: int
) -> None:
    """End a request without effect."""
    await tx.execute(_END, [request_id, outcome.value, moment_of(at), leaf_seq])


async def lock(tx: Transaction, msisdn: str, person_id: int, at: Instant, leaf_seq: int) -> None:
    """Lock a number; a second lock violates lock_one_at_a_time."""
    await tx.execute(_LOCK, [msisdn, person_id, moment_of(at), leaf_seq])
