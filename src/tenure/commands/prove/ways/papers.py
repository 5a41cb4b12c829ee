"""Papers as whoever has the application's role can write them: everything but true signatures."""

import uuid
from typing import Final

import msgspec

from tenure.commands.connect import act_of
from tenure.commands.passkey_file import PasskeyFile
from tenure.commands.prove.cast import EMPLOYEE
from tenure.commands.prove.scene import Scene
from tenure.postgres.transaction import Transaction
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Request, RequestKind
from tenure.promises.record import operations as record
from tenure.promises.staff import operations as staff
from tenure.values.instant import Instant, moment_of
from tenure.values.passkey import Assertion

_ASKED: Final = """
INSERT INTO staff.request (request_hash, kind, requested_by, requested_at, until_at)
VALUES (%s, 'transfer', %s, %s, %s)
"""
_REQUEST: Final = """
INSERT INTO numbers.request (request_id, kind, msisdn, from_holder, to_holder, iccid, purse_id,
    funds_go, document, requested_by, requested_at, body, request_hash, leaf_seq)
VALUES (%s, 'transfer', %s, %s, %s, %s, %s, false, '', %s, %s, %s, %s, %s)
"""
_CONSENT: Final = """
INSERT INTO numbers.consent (request_id, request_hash, party, person_id, means, given_at,
    credential_id, authenticator_data, client_data_json, signature, leaf_seq)
VALUES (%s, %s, %s, %s, 'passkey', %s, %s, %s, %s, %s, %s)
"""
_APPROVAL: Final = """
INSERT INTO staff.approval (request_hash, requested_by, until_at, approved_by, login, approved_at,
    credential_id, authenticator_data, client_data_json, signature)
SELECT request_hash, requested_by, until_at, %s, %s, %s, %s, %s, %s, %s
FROM staff.request WHERE request_hash = %s
"""
OPEN_MS: Final = 3_600_000 * 24 * 10


async def write_papers(tx: Transaction, scene: Scene, stranger: PasskeyFile, at: Instant) -> str:
    """Request, consents and approvals with made-up signatures, and the door called with them."""
    owner, cast = scene.owner, scene.stage.cast
    asker = await _human(tx, EMPLOYEE)
    request = Request(
        request_id=str(uuid.uuid4()),
        kind=RequestKind.TRANSFER,
        msisdn=owner.msisdn,
        from_holder=owner.person,
        to_holder=owner.buyer,
        iccid=str(owner.spare.iccid),
        purse_id=scene.purse_id(),
        funds_go=False,
        document="",
        asked_at=at,
        asked_by=asker,
    )
    hashed = numbers.requests.hash_of(request)
    act = act_of(EMPLOYEE, at)
    said = {"kind": "transfer", "request_hash": hashed.hex()}
    about = {"msisdn": str(owner.msisdn), "request": request.request_id}
    seq = await record.append(tx, act, "numbers.requested", said, about)
    moment, until = moment_of(at), moment_of(Instant(at + OPEN_MS))
    await tx.execute(_ASKED, [hashed, asker, moment, until])
    await tx.execute(
        _REQUEST,
        [
            request.request_id, owner.msisdn, owner.person, owner.buyer, request.iccid,
            request.purse_id, asker, moment, numbers.requests.body_of(request), hashed, seq,
        ],
    )  # fmt: skip
    for party, person_id in (("from", owner.person), ("to", owner.buyer)):
        signed = _as_if(cast.keys[person_id], stranger, hashed)
        seq = await record.append(tx, act, "numbers.consented", {**said, "party": party}, about)
        row = [request.request_id, hashed, party, person_id, moment, *_columns(signed), seq]
        await tx.execute(_CONSENT, row)
    for login in ("lina", "vanna"):
        signed = _as_if(cast.staff[login], stranger, hashed)
        row = [await _human(tx, login), login, moment, *_columns(signed), hashed]
        await tx.execute(_APPROVAL, row)
    return await _call(tx, scene, request, hashed)


async def _call(tx: Transaction, scene: Scene, request: Request, hashed: bytes) -> str:
    owner = scene.owner
    about = {
        "msisdn": str(owner.msisdn),
        "request": request.request_id,
        "iccid": str(owner.spare.iccid),
        "imsi": str(owner.spare.imsi),
        "from": str(owner.person),
        "to": str(owner.buyer),
    }
    said = {"kind": "transfer", "request_hash": hashed.hex()}
    act = act_of("<clock>", scene.now)
    seq = await record.append(tx, act, "numbers.transferred", said, about)
    call = "SELECT numbers.effect(%s, %s, %s)"
    await tx.execute(call, [request.request_id, moment_of(act.at), seq])
    return "it effected"


def _as_if(whose: PasskeyFile, stranger: PasskeyFile, hashed: bytes) -> Assertion:
    """Somebody else's signature under the name of a key; each another one."""
    other = msgspec.structs.replace(stranger, credential_id=whose.credential_id)
    signed = other.assertion(hashed)
    return msgspec.structs.replace(signed, signature=_made_up(signed.signature, whose))


def _made_up(signature: bytes, whose: PasskeyFile) -> bytes:
    return whose.credential_id[:8] + signature[8:]


def _columns(signed: Assertion) -> list[bytes]:
    return [
        signed.credential_id,
        signed.authenticator_data,
        signed.client_data_json,
        signed.signature,
    ]


async def _human(tx: Transaction, login: str) -> int:
    member = await staff.member(tx, login)
    assert member is not None
    return member.human_id
