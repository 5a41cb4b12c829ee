"""All SQL of charging: a batch's lines, purses and remembered answers in one round trip."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from tenure.postgres.arrays import byteas, int8s, moments, texts
from tenure.postgres.transaction import Statements, Transaction
from tenure.promises.charging.model import Answer, Answered, Case, Crossed, Sessions
from tenure.promises.money import operations as money
from tenure.promises.money.model import Drawn, Purse
from tenure.promises.numbers.model import Line
from tenure.values.instant import Instant, moment_of
from tenure.values.msisdn import Imsi, Msisdn

_encode = msgspec.msgpack.Encoder().encode
_sessions = msgspec.msgpack.Decoder(Sessions).decode
_answer = msgspec.msgpack.Decoder(Answer).decode

NO_SESSIONS: Final = _encode(Sessions())


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    drawn: Drawn | None
    entry: tuple[int, int, int, int, int] | None


_kept = msgspec.msgpack.Decoder(_Kept).decode

# The one statement that reads the tables of numbers and money together: every request needs a
# line and its purse, and one round trip is what a batch can afford (docs/decisions).
CASES: Final = """
SELECT l.msisdn, l.imsi, l.purse_id, l.offer, l.language, l.bar_outgoing, l.bar_incoming,
       l.suspended, l.lost_at, l.postpaid, l.restricted_until,
       p.seq, p.version, p.funds_micros, p.funds_end, p.owed_micros, p.credit_limit_micros,
       p.grants, p.sessions
  FROM numbers.line l JOIN money.purse p ON p.purse_id = l.purse_id
 WHERE """
BY_MSISDN: Final = CASES + "l.msisdn = ANY(%s)"
BY_IMSI: Final = CASES + "l.imsi = ANY(%s)"
BY_PURSE: Final = CASES + "l.purse_id = ANY(%s)"
WITHOUT_LINE: Final = """
SELECT p.sessions FROM money.purse p
 WHERE p.purse_id = ANY(%s) AND p.sessions <> %s
   AND NOT EXISTS (SELECT FROM numbers.line l WHERE l.purse_id = p.purse_id)
"""
WITH_SESSIONS: Final = CASES + "p.sessions <> %s"

ANSWERED: Final = """
SELECT key, purse_id, digest, answer, drawn, at FROM charging.answered WHERE key = ANY(%s)
"""

REMEMBER: Final = """
INSERT INTO charging.answered (key, purse_id, digest, answer, drawn, at)
SELECT * FROM unnest(%s, %s, %s, %s, %s, %s)
"""

# Once for a grant, or for the funds since the last top-up: whatever a refund gives back meanwhile.
FIRST: Final = """
INSERT INTO charging.told (purse_id, kind, mark, at)
SELECT t.purse_id, t.kind,
       CASE WHEN t.mark > 0 THEN t.mark
            ELSE (SELECT coalesce(max(e.seq), 0) FROM money.entry e
                  WHERE e.purse_id = t.purse_id AND e.kind = 4) END,
       t.at
FROM unnest(%s, %s, %s, %s) AS t (purse_id, kind, mark, at)
ON CONFLICT DO NOTHING
RETURNING purse_id, kind
"""

_EMPTY: Final = Sessions()


def case_of(row: Sequence[Any]) -> Case:
    """A case from a row of CASES."""
    line = Line(Msisdn(row[0]), Imsi(row[1]), *row[2:11])
    purse = money.purse_of((row[2], *row[11:]))
    raw = row[18]
    return Case(line, purse, _EMPTY if raw == NO_SESSIONS else _sessions(raw))


async def load(
    tx: Statements,
    msisdns: Sequence[str],
    imsis: Sequence[str],
    keys: Sequence[bytes],
) -> tuple[list[Sequence[Any]], dict[bytes, Answered]]:
    """Rows of CASES for these lines and the answers kept under these keys, in one round trip."""
    by_msisdn = by_imsi = answered = None
    if msisdns:
        by_msisdn = await tx.execute(BY_MSISDN, (texts(msisdns),), prepare=True, binary=True)
    if imsis:
        by_imsi = await tx.execute(BY_IMSI, (texts(imsis),), prepare=True, binary=True)
    if keys:
        answered = await tx.execute(ANSWERED, (byteas(keys),), prepare=True, binary=True)
    rows = [
        row
        for cursor in (by_msisdn, by_imsi)
        if cursor is not None
        for row in await cursor.fetchall()
    ]
    known = {}
    if answered is not None:
        known = {row[0]: _answered_of(row) for row in await answered.fetchall()}
    return rows, known


def _answered_of(row: Sequence[Any]) -> Answered:
    kept = _kept(row[4])
    return Answered(row[0], row[1], row[2], _answer(row[3]), kept.drawn, kept.entry, row[5])


async def cases_of_purses(tx: Transaction, purse_ids: Sequence[int]) -> list[Case]:
    """The cases of these purses; a purse without a line is left out."""
    cursor = await tx.execute(BY_PURSE, (int8s(purse_ids),), binary=True)
    return [case_of(row) for row in await cursor.fetchall()]


async def sessions_without_line(tx: Transaction, purse_ids: Sequence[int]) -> list[Sessions]:
    """The sessions of purses that no line pays from any more: their number changed hands."""
    cursor = await tx.execute(WITHOUT_LINE, (int8s(purse_ids), NO_SESSIONS), binary=True)
    return [_sessions(row[0]) for row in await cursor.fetchall()]


async def cases_with_sessions(tx: Transaction) -> list[Case]:
    """All cases with live sessions or ended ones remembered; reads the whole table, at a start."""
    cursor = await tx.execute(WITH_SESSIONS, (NO_SESSIONS,), binary=True)
    return [case_of(row) for row in await cursor.fetchall()]


def with_sessions(purse: Purse, sessions: Sessions) -> Purse:
    """The purse with its sessions encoded as they are stored."""
    return msgspec.structs.replace(purse, sessions=_encode(sessions))


async def first(tx: Statements, crossed: Sequence[tuple[int, Crossed]]) -> set[tuple[int, str]]:
    """Which of these crossings, by purse and kind, are to be told: each is told once."""
    rows = await tx.execute(
        FIRST,
        (
            int8s([purse_id for purse_id, _ in crossed]),
            texts([one.kind.value for _, one in crossed]),
            int8s([one.mark for _, one in crossed]),
            moments([one.at for _, one in crossed]),
        ),
    )
    return {(purse_id, kind) for purse_id, kind in await rows.fetchall()}


async def remember(tx: Statements, answered: Sequence[Answered]) -> None:
    """Keep answers for their repeats; contested when a key was answered meanwhile."""
    if not answered:
        return
    await tx.execute(
        REMEMBER,
        (
            byteas([one.key for one in answered]),
            int8s([one.purse_id for one in answered]),
            byteas([one.digest for one in answered]),
            byteas([_encode(one.answer) for one in answered]),
            byteas([_encode(_Kept(one.drawn, one.entry)) for one in answered]),
            moments([one.at for one in answered]),
        ),
        prepare=True,
    )


USED: Final = """
SELECT l.purse_id, l.offer, e.at, e.explanation
  FROM (SELECT purse_id, offer FROM numbers.line
         WHERE purse_id > %s AND offer = ANY(%s) ORDER BY purse_id LIMIT %s) l
  LEFT JOIN money.entry e ON e.purse_id = l.purse_id AND e.at >= %s AND e.at < %s
       AND e.kind IN (1, 2, 8) AND NOT starts_with(e.explanation, '{"ended"')
 ORDER BY l.purse_id
"""


async def used(
    tx: Transaction,
    offers: Sequence[str],
    after: int,
    limit: int,
    since: Instant,
    until: Instant,
) -> list[tuple[int, str, Instant | None, str | None]]:
    """Purse, offer, instant and explanation of all usage of the next lines of these offers.

    A line that used nothing has one row without an instant.
    """
    asked = (after, texts(offers), limit, moment_of(since), moment_of(until))
    cursor = await tx.execute(USED, asked, binary=True)
    return await cursor.fetchall()
