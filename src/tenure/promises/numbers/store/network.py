"""All SQL of what the network is to be told, and of the papers that it is shown."""

from collections.abc import Sequence
from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model.holding import TakenOver
from tenure.promises.numbers.model.network import Papers, Served, Signed, Task
from tenure.values.instant import Instant, moment_of
from tenure.values.msisdn import Iccid, Imsi, Msisdn
from tenure.values.passkey import Assertion

_TASK: Final = """
SELECT task_id, msisdn, leaf_seq, asked_at, attempts, problem FROM numbers.provisioning
"""
_WAITING: Final = f"""
{_TASK} WHERE done_at IS NULL AND task_id > %s AND task_id <> ALL (%s) ORDER BY task_id LIMIT %s
"""
_ALL: Final = f"{_TASK} WHERE task_id > %s ORDER BY task_id LIMIT %s"
_TROUBLED: Final = f"""
{_TASK} WHERE done_at IS NULL AND problem IS NOT NULL ORDER BY task_id LIMIT %s
"""
_DONE: Final = """
UPDATE numbers.provisioning SET done_at = %s, attempts = attempts + 1, problem = %s
WHERE task_id = %s
"""
_DOUBTED: Final = """
UPDATE numbers.provisioning SET attempts = attempts + 1, problem = %s WHERE task_id = %s
"""
_REQUEST: Final = """
SELECT request_id, body, leaf_seq FROM numbers.request WHERE request_hash = %s
"""
_CONSENTS: Final = """
SELECT person_id, party, witness, credential_id, authenticator_data, client_data_json, signature
FROM numbers.consent WHERE request_id = %s ORDER BY party
"""
_APPROVALS: Final = """
SELECT approved_by, credential_id, authenticator_data, client_data_json, signature
FROM staff.approval WHERE request_hash = %s ORDER BY approved_by
"""
_SERVED: Final = """
SELECT l.msisdn, l.imsi,
       l.suspended OR l.lost_at IS NOT NULL OR (l.bar_outgoing AND l.bar_incoming)
       OR EXISTS (SELECT FROM numbers.stage_bar b WHERE b.msisdn = l.msisdn)
FROM numbers.line l WHERE l.msisdn = ANY (%s)
"""
_BASES: Final = """
SELECT DISTINCT leaf_seq FROM numbers.tenure WHERE opened_as = 'import' ORDER BY leaf_seq
"""
_BASE: Final = """
SELECT msisdn, holder_id, iccid
FROM numbers.tenure JOIN numbers.binding USING (msisdn, leaf_seq)
WHERE leaf_seq = %s AND opened_as = 'import' ORDER BY msisdn
"""


async def bases(tx: Transaction) -> list[int]:
    """The leaves by which an existing base came to its holders."""
    return [int(seq) for (seq,) in await (await tx.execute(_BASES)).fetchall()]


async def base(tx: Transaction, leaf_seq: int) -> list[TakenOver]:
    """Who came to hold which number on which card by this leaf."""
    rows = await (await tx.execute(_BASE, [leaf_seq])).fetchall()
    return [TakenOver(Msisdn(msisdn), holder, Iccid(iccid)) for msisdn, holder, iccid in rows]


async def waiting(tx: Transaction, after: int, without: Sequence[int], limit: int) -> list[Task]:
    """Tasks that are not done, the oldest first, without some that were tried a moment ago."""
    cursor = await tx.execute(_WAITING, [after, list(without), limit])
    return [_task(*row) for row in await cursor.fetchall()]


async def tasks(tx: Transaction, after: int, limit: int) -> list[Task]:
    """All tasks, the oldest first, done or not."""
    cursor = await tx.execute(_ALL, [after, limit])
    return [_task(*row) for row in await cursor.fetchall()]


async def troubled(tx: Transaction, limit: int) -> list[Task]:
    """Tasks that were tried and are not done, the oldest first."""
    cursor = await tx.execute(_TROUBLED, [limit])
    return [_task(*row) for row in await cursor.fetchall()]


def _task(
    task_id: int, msisdn: str, leaf_seq: int, asked_at: Instant, attempts: int, problem: str | None
) -> Task:
    return Task(task_id, Msisdn(msisdn), leaf_seq, asked_at, attempts, problem)


async def done(tx: Transaction, task_id: int, at: Instant, problem: str | None) -> None:
    """Keep that a task needs no more work."""
    await tx.execute(_DONE, [moment_of(at), problem, task_id])


async def doubted(tx: Transaction, task_id: int, problem: str) -> None:
    """Keep that a task was tried, and why nothing was done."""
    await tx.execute(_DOUBTED, [problem, task_id])


async def papers(tx: Transaction, request_hash: bytes) -> Papers | None:
    """What was asked with this hash, and everything that was signed for it."""
    row = await (await tx.execute(_REQUEST, [request_hash])).fetchone()
    if row is None:
        return None
    request_id, body, leaf_seq = row
    consents = await (await tx.execute(_CONSENTS, [request_id])).fetchall()
    approvals = await (await tx.execute(_APPROVALS, [request_hash])).fetchall()
    return Papers(
        body,
        leaf_seq,
        tuple(
            Signed(str(person), _assertion(signed), party, None if seen is None else str(seen))
            for person, party, seen, *signed in consents
        ),
        tuple(Signed(str(human), _assertion(signed)) for human, *signed in approvals),
    )


def _assertion(columns: Sequence[bytes]) -> Assertion:
    return Assertion(*(bytes(column) for column in columns))


async def served(tx: Transaction, msisdns: Sequence[str]) -> list[Served]:
    """How these lines stand in the tables."""
    cursor = await tx.execute(_SERVED, [list(msisdns)])
    return [
        Served(Msisdn(msisdn), Imsi(imsi), closed)
        for msisdn, imsi, closed in await cursor.fetchall()
    ]
