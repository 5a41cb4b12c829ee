"""All SQL of measures and groups."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from tenure.postgres.arrays import int8s, texts
from tenure.postgres.transaction import Transaction
from tenure.promises.access.model import Clause, Ground, Group, Kind, Measure, services_of
from tenure.promises.numbers.model import Limit, Reached
from tenure.values.instant import Instant, moment_of
from tenure.values.msisdn import Msisdn


class New(msgspec.Struct, frozen=True):
    """What measures taken together have in common."""

    kind: Kind
    clause: Clause
    ground: Ground | None
    services: int
    ends_at: Instant | None
    reason: str
    evidence: str
    decided_by: str
    decided_at: Instant
    leaf_seq: int
    group_id: int | None = None
    proof: str | None = None
    asked: str | None = None
    request_hash: bytes | None = None
    approved_by: int | None = None


_TAKE: Final = """
INSERT INTO access.measure (
    msisdn, purse_id, kind, clause, ground, services, ends_at, reason, evidence, proof, decided_by,
    decided_at, group_id, notice_id, leaf_seq, asked, request_hash, approved_by
)
SELECT each.msisdn, each.purse_id, %(kind)s, %(clause)s, %(ground)s, %(services)s, %(ends_at)s,
       %(reason)s, %(evidence)s, %(proof)s, %(decided_by)s, %(decided_at)s, %(group_id)s,
       each.notice_id, %(leaf_seq)s, %(asked)s, %(request_hash)s, %(approved_by)s
FROM unnest(%(msisdns)b, %(purses)b, %(notices)b) AS each (msisdn, purse_id, notice_id)
RETURNING measure_id
"""
_GROUP: Final = """
INSERT INTO access.traffic_group (
    ground, services, ends_at, chosen, lines, reason, evidence, decided_by, decided_at, leaf_seq
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
RETURNING group_id
"""
_MEASURES: Final = """
SELECT measure_id, msisdn, purse_id, kind, clause, ground, services, ends_at, reason, evidence,
       decided_by, decided_at, group_id, lifted_at
FROM access.measure
"""
_OF_PURSE: Final = f"{_MEASURES} WHERE purse_id = %s ORDER BY measure_id"
_ONE: Final = f"{_MEASURES} WHERE measure_id = %s"
_OF_GROUP: Final = """
SELECT measure_id, msisdn FROM access.measure
WHERE group_id = %s AND lifted_at IS NULL ORDER BY msisdn
"""
_GROUPS: Final = """
SELECT group_id, ground, services, ends_at, chosen, lines, reason, decided_at, lifted_at
FROM access.traffic_group
"""
_GROUP_LOCKED: Final = f"{_GROUPS} WHERE group_id = %s FOR UPDATE"
_NEWEST: Final = f"{_GROUPS} ORDER BY group_id DESC LIMIT %s"
_LIFT: Final = """
UPDATE access.measure m
SET lifted_at = %s, lifted_by = %s, lifted_because = %s, lifted_notice_id = each.notice_id
FROM unnest(%b, %b) AS each (measure_id, notice_id)
WHERE m.measure_id = each.measure_id
"""
_LIFT_GROUP: Final = "UPDATE access.traffic_group SET lifted_at = %s WHERE group_id = %s"
# For each service the latest end of all that restricts it: what several measures come to.
_LIMITS: Final = """
SELECT each.msisdn, array_agg(ends.at ORDER BY service.bit)
FROM unnest(%b, %b) AS each (msisdn, purse_id)
CROSS JOIN unnest(ARRAY[1, 2, 4, 8, 16]) AS service (bit)
CROSS JOIN LATERAL (
    SELECT max(m.ends_at) AS at FROM access.measure m
    WHERE m.purse_id = each.purse_id AND m.lifted_at IS NULL AND m.ends_at > %s
      AND m.services & service.bit <> 0
) AS ends
GROUP BY each.msisdn
"""


async def take(
    tx: Transaction, new: New, lines: Sequence[Reached], notice_ids: Sequence[int]
) -> list[int]:
    """Add one measure for each line, with its notice; their numbers."""
    cursor = await tx.execute(
        _TAKE,
        {
            **msgspec.structs.asdict(new),
            "kind": new.kind.value,
            "clause": new.clause.value,
            "ground": None if new.ground is None else new.ground.value,
            "ends_at": None if new.ends_at is None else moment_of(new.ends_at),
            "decided_at": moment_of(new.decided_at),
            "msisdns": texts([line.msisdn for line in lines]),
            "purses": int8s([line.purse_id for line in lines]),
            "notices": int8s(notice_ids),
        },
    )
    return [int(row[0]) for row in await cursor.fetchall()]


async def add_group(tx: Transaction, new: New, chosen: str, lines: int) -> int:
    """Add a group; its number."""
    assert new.ground is not None
    assert new.ends_at is not None
    cursor = await tx.execute(
        _GROUP,
        [
            new.ground.value,
            new.services,
            moment_of(new.ends_at),
            chosen,
            lines,
            new.reason,
            new.evidence,
            new.decided_by,
            moment_of(new.decided_at),
            new.leaf_seq,
        ],
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


def _measure(row: Sequence[Any]) -> Measure:
    measure_id, msisdn, purse_id, kind, clause, ground, services, *rest = row
    return Measure(
        measure_id,
        Msisdn(msisdn),
        purse_id,
        Kind(kind),
        Clause(clause),
        None if ground is None else Ground(ground),
        services_of(services),
        *rest,
    )


async def of_purse(tx: Transaction, purse_id: int) -> list[Measure]:
    """All measures against whoever has this purse, in their order."""
    cursor = await tx.execute(_OF_PURSE, [purse_id])
    return [_measure(row) for row in await cursor.fetchall()]


async def one(tx: Transaction, measure_id: int) -> Measure | None:
    """The measure with this number."""
    cursor = await tx.execute(_ONE, [measure_id])
    row = await cursor.fetchone()
    return None if row is None else _measure(row)


async def of_group(tx: Transaction, group_id: int) -> dict[Msisdn, int]:
    """The measures of a group that are not lifted, by number."""
    cursor = await tx.execute(_OF_GROUP, [group_id])
    return {Msisdn(msisdn): measure_id for measure_id, msisdn in await cursor.fetchall()}


def _group(row: Sequence[Any]) -> Group:
    group_id, ground, services, *rest = row
    return Group(group_id, Ground(ground), services_of(services), *rest)


async def group_locked(tx: Transaction, group_id: int) -> Group | None:
    """The group with this number, kept from others until the transaction ends."""
    cursor = await tx.execute(_GROUP_LOCKED, [group_id])
    row = await cursor.fetchone()
    return None if row is None else _group(row)


async def groups(tx: Transaction, limit: int) -> list[Group]:
    """The newest groups, newest first."""
    cursor = await tx.execute(_NEWEST, [limit])
    return [_group(row) for row in await cursor.fetchall()]


async def lift(
    tx: Transaction,
    measure_ids: Sequence[int],
    notice_ids: Sequence[int],
    who: tuple[Instant, str, str],
) -> None:
    """Note that measures were lifted: when, by whom and why, and that it was told."""
    at, by, because = who
    await tx.execute(_LIFT, [moment_of(at), by, because, int8s(measure_ids), int8s(notice_ids)])


async def lift_group(tx: Transaction, group_id: int, at: Instant) -> None:
    """Note that a group was lifted."""
    await tx.execute(_LIFT_GROUP, [moment_of(at), group_id])


async def limits(tx: Transaction, lines: Sequence[Reached], at: Instant) -> list[Limit]:
    """Until when each service of these lines may not be used, after all that is in force."""
    cursor = await tx.execute(
        _LIMITS,
        [
            texts([line.msisdn for line in lines]),
            int8s([line.purse_id for line in lines]),
            moment_of(at),
        ],
    )
    return [
        Limit(Msisdn(msisdn), ends if any(end is not None for end in ends) else None)
        for msisdn, ends in await cursor.fetchall()
    ]
