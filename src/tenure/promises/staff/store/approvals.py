"""All SQL about requests and approvals."""

from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.staff.model import Approval, Asked
from tenure.values.instant import moment_of
from tenure.values.passkey import Assertion

_ASK: Final = """
INSERT INTO staff.request (request_hash, kind, requested_by, requested_at, until_at)
VALUES (%s, %s, %s, %s, %s)
"""
_ASKED: Final = """
SELECT request_hash, kind, requested_by, requested_at, until_at FROM staff.request
WHERE request_hash = %s
"""
_APPROVE: Final = """
INSERT INTO staff.approval (
    request_hash, requested_by, until_at, approved_by, login, approved_at,
    credential_id, authenticator_data, client_data_json, signature
)
SELECT request_hash, requested_by, until_at, %s, %s, %s, %s, %s, %s, %s
FROM staff.request WHERE request_hash = %s
"""
_APPROVALS: Final = """
SELECT request_hash, requested_by, approved_by, login, approved_at,
       credential_id, authenticator_data, client_data_json, signature
FROM staff.approval WHERE request_hash = %s ORDER BY approved_at, approved_by
"""


async def ask(tx: Transaction, new: Asked) -> None:
    """Keep what was asked; exactly the same again violates request_pkey."""
    when = [moment_of(new.requested_at), moment_of(new.until)]
    await tx.execute(_ASK, [new.request_hash, new.kind, new.requested_by, *when])


async def asked(tx: Transaction, request_hash: bytes) -> Asked | None:
    """What was asked, by its hash."""
    cursor = await tx.execute(_ASKED, [request_hash])
    row = await cursor.fetchone()
    return None if row is None else Asked(*row)


async def approve(tx: Transaction, given: Approval) -> None:
    """Keep an approval as it was signed."""
    shown = given.assertion
    signed = [
        shown.credential_id,
        shown.authenticator_data,
        shown.client_data_json,
        shown.signature,
    ]
    who = [given.approved_by, given.login, moment_of(given.approved_at)]
    await tx.execute(_APPROVE, [*who, *signed, given.request_hash])


async def approvals(tx: Transaction, request_hash: bytes) -> list[Approval]:
    """Every approval of a request, whether it still counts or not."""
    cursor = await tx.execute(_APPROVALS, [request_hash])
    return [
        Approval(asked, asker, approver, login, at, Assertion(*signed))
        for asked, asker, approver, login, at, *signed in await cursor.fetchall()
    ]
