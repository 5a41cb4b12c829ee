"""All SQL of what is in stock: numbers, SIMs and reservations."""

from collections.abc import Sequence
from typing import Final

from tenure.postgres.arrays import byteas, int8s, texts
from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model.holding import NumberRange, Reservation, SealedSim, Sim
from tenure.values.instant import Instant, moment_of
from tenure.values.msisdn import Iccid, Imsi, Msisdn

# The range that holds a number is found by the index of stock_no_number_twice.
_CLASS: Final = """
SELECT coalesce(x.class, s.class)
FROM numbers.stock s LEFT JOIN numbers.special x ON x.msisdn = %(msisdn)s
WHERE int8range(s.first::bigint, s.last::bigint, '[]') @> %(msisdn)s::bigint
  AND length(s.first) = length(%(msisdn)s)
"""
_OVERLAPS: Final = """
SELECT given.place, s.first, s.last, coalesce(x.class, s.class)
FROM unnest(%b, %b, %b) AS given (place, first, last)
JOIN numbers.stock s
  ON int8range(s.first::bigint, s.last::bigint, '[]')
     && int8range(given.first::bigint, given.last::bigint, '[]')
LEFT JOIN numbers.special x ON x.msisdn = given.first AND given.first = given.last
"""
_ADD_RANGES: Final = """
INSERT INTO numbers.stock (first, last, class, imported_at, leaf_seq)
SELECT first, last, class, %s, %s FROM unnest(%b, %b, %b) AS given (first, last, class)
"""
_ADD_SPECIALS: Final = """
INSERT INTO numbers.special (msisdn, class)
SELECT msisdn, class FROM unnest(%b, %b) AS given (msisdn, class)
ON CONFLICT (msisdn) DO UPDATE SET class = excluded.class
"""
_STOCK: Final = "SELECT first, last, class FROM numbers.stock ORDER BY first"

# In force at an instant; what is over needs no sweeping.
_RESERVATION: Final = """
SELECT msisdn, lower(during), upper(during), reserved_by
FROM numbers.reservation WHERE msisdn = %s AND during @> %s::timestamptz
"""
_RESERVE: Final = """
INSERT INTO numbers.reservation (msisdn, during, reserved_by) VALUES (%s, tstzrange(%s, %s), %s)
"""
_RELEASE: Final = """
DELETE FROM numbers.reservation WHERE msisdn = %s AND during @> %s::timestamptz
"""

_SIM: Final = """
SELECT s.iccid, s.imsi, s.died_at,
       EXISTS (SELECT FROM numbers.binding b WHERE b.iccid = s.iccid)
FROM numbers.sim s WHERE s.iccid = %s
"""
_FRESH_SIMS: Final = """
SELECT s.iccid FROM numbers.sim s
WHERE s.died_at IS NULL AND NOT EXISTS (SELECT FROM numbers.binding b WHERE b.iccid = s.iccid)
LIMIT %s
"""
_SEALED: Final = "SELECT iccid, imsi, sealed FROM numbers.sim WHERE iccid = %s"
_SEALED_BY_IMSI: Final = "SELECT iccid, imsi, sealed FROM numbers.sim WHERE imsi = %s"
_ANY_SEALED: Final = "SELECT iccid, imsi, sealed FROM numbers.sim LIMIT 1"
_ADD_SIMS: Final = """
INSERT INTO numbers.sim (iccid, imsi, sealed, imported_at)
SELECT iccid, imsi, sealed, %s FROM unnest(%b, %b, %b) AS given (iccid, imsi, sealed)
ON CONFLICT DO NOTHING
RETURNING iccid
"""
_ALL_SEALED: Final = "SELECT iccid, imsi, sealed FROM numbers.sim WHERE iccid = ANY(%s)"

# The first numbers of a range that nobody holds, that serve no line, rest or are set aside.
_FREE: Final = """
SELECT n.msisdn
FROM (
    SELECT class, generate_series(first::bigint, last::bigint)::text AS msisdn FROM numbers.stock
) n
LEFT JOIN numbers.special x ON x.msisdn = n.msisdn
WHERE (%(class)s::text IS NULL OR coalesce(x.class, n.class) = %(class)s)
  AND NOT EXISTS (SELECT FROM numbers.line l WHERE l.msisdn = n.msisdn)
  AND NOT EXISTS (
      SELECT FROM numbers.tenure t
      WHERE t.msisdn = n.msisdn
        AND (upper_inf(t.during)
             OR %(at)s::timestamptz < upper(t.during) + %(rest_ms)s * interval '1 millisecond')
  )
  AND NOT EXISTS (
      SELECT FROM numbers.reservation r
      WHERE r.msisdn = n.msisdn AND r.during @> %(at)s::timestamptz
  )
LIMIT %(count)s
"""


async def number_class(tx: Transaction, msisdn: str) -> str | None:
    """The class of a number in stock; None when it is not ours to give."""
    cursor = await tx.execute(_CLASS, {"msisdn": msisdn})
    row = await cursor.fetchone()
    return None if row is None else str(row[0])


async def overlapping(
    tx: Transaction, given: Sequence[NumberRange]
) -> dict[int, list[NumberRange]]:
    """The ranges that share a number with these, by the place of these."""
    first, last = texts([one.first for one in given]), texts([one.last for one in given])
    cursor = await tx.execute(_OVERLAPS, [int8s(range(len(given))), first, last])
    found: dict[int, list[NumberRange]] = {}
    for place, low, high, number_class in await cursor.fetchall():
        known = NumberRange(Msisdn(low), Msisdn(high), number_class)
        found.setdefault(place, []).append(known)
    return found


async def stock(tx: Transaction) -> list[NumberRange]:
    """All ranges, by number."""
    cursor = await tx.execute(_STOCK)
    return [NumberRange(Msisdn(a), Msisdn(b), c) for a, b, c in await cursor.fetchall()]


async def add_ranges(
    tx: Transaction, given: Sequence[NumberRange], leaf_seq: int, at: Instant
) -> None:
    """Add ranges; one that shares a number with another violates stock_no_number_twice."""
    first, last = texts([one.first for one in given]), texts([one.last for one in given])
    classes = texts([one.number_class for one in given])
    await tx.execute(_ADD_RANGES, [moment_of(at), leaf_seq, first, last, classes])


async def add_specials(tx: Transaction, given: Sequence[NumberRange]) -> None:
    """Single numbers of a range get a class of their own."""
    classes = texts([one.number_class for one in given])
    await tx.execute(_ADD_SPECIALS, [texts([one.first for one in given]), classes])


async def reservation(tx: Transaction, msisdn: str, at: Instant) -> Reservation | None:
    """The reservation of a number that is in force at an instant."""
    cursor = await tx.execute(_RESERVATION, [msisdn, moment_of(at)])
    row = await cursor.fetchone()
    return None if row is None else Reservation(Msisdn(row[0]), *row[1:])


async def reserve(tx: Transaction, wanted: Reservation) -> None:
    """Set a number aside; a second one at a time violates reservation_one_at_a_time."""
    await tx.execute(
        _RESERVE,
        [wanted.msisdn, moment_of(wanted.since), moment_of(wanted.until), wanted.reserved_by],
    )


async def release(tx: Transaction, msisdn: str, at: Instant) -> None:
    """End the reservation that is in force."""
    await tx.execute(_RELEASE, [msisdn, moment_of(at)])


async def sim(tx: Transaction, iccid: str) -> Sim | None:
    """What is known of a SIM, without its keys."""
    cursor = await tx.execute(_SIM, [iccid])
    row = await cursor.fetchone()
    return None if row is None else Sim(Iccid(row[0]), Imsi(row[1]), row[2], row[3])


async def fresh_sims(tx: Transaction, count: int) -> list[Iccid]:
    """Some cards that never worked for anybody."""
    cursor = await tx.execute(_FRESH_SIMS, [count])
    return [Iccid(row[0]) for row in await cursor.fetchall()]


async def sealed(
    tx: Transaction, iccid: str | None = None, imsi: str | None = None
) -> SealedSim | None:
    """A SIM with its sealed keys, by card or by IMSI; any one of them without either."""
    if iccid is not None:
        cursor = await tx.execute(_SEALED, [iccid])
    elif imsi is not None:
        cursor = await tx.execute(_SEALED_BY_IMSI, [imsi])
    else:
        cursor = await tx.execute(_ANY_SEALED)
    row = await cursor.fetchone()
    return None if row is None else SealedSim(Iccid(row[0]), Imsi(row[1]), row[2])


async def add_sims(tx: Transaction, sims: Sequence[SealedSim], at: Instant) -> set[str]:
    """Add SIMs, and pass over those whose card or IMSI is there; the cards that were added."""
    cursor = await tx.execute(
        _ADD_SIMS,
        [
            moment_of(at),
            texts([one.iccid for one in sims]),
            texts([one.imsi for one in sims]),
            byteas([one.sealed for one in sims]),
        ],
    )
    return {row[0] for row in await cursor.fetchall()}


async def all_sealed(tx: Transaction, iccids: Sequence[str]) -> dict[str, SealedSim]:
    """These SIMs with their sealed keys, as far as they are known."""
    cursor = await tx.execute(_ALL_SEALED, [list(iccids)])
    rows = await cursor.fetchall()
    return {iccid: SealedSim(Iccid(iccid), Imsi(imsi), sealed) for iccid, imsi, sealed in rows}


async def free(
    tx: Transaction, number_class: str | None, count: int, rest_ms: int, at: Instant
) -> list[Msisdn]:
    """Some numbers that could be given to somebody now."""
    asked = {"class": number_class, "at": moment_of(at), "rest_ms": rest_ms, "count": count}
    cursor = await tx.execute(_FREE, asked)
    return [Msisdn(row[0]) for row in await cursor.fetchall()]
