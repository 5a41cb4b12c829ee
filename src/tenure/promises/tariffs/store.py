"""All SQL of tariffs: the versions on record, and the doors through which they change."""

from collections.abc import Sequence
from typing import Any, Final

from tenure.postgres.arrays import byteas, moments, texts
from tenure.postgres.transaction import Transaction
from tenure.promises.tariffs.model.publishing import PublishedVersion, Untold
from tenure.values.instant import Instant, moment_of

_VERSION: Final = """
SELECT operator, version, digest, effective_from, founding, notice_ms, published_at, published_by,
       offers, campaign_id, confirmed_at, in_force_from, withdrawn_at, withdrawn_because
FROM tariffs.version WHERE operator = %s ORDER BY effective_from, published_at
"""
_FOUND: Final = "SELECT tariffs.found(%s, %b, %b, %b, %s, %s, %s, %s)"
_PUBLISH: Final = "SELECT tariffs.publish(%s, %s, %s, %s, %b, %s, %s, %s, %s, %s, %s, %s)"
_PUT_IN_FORCE: Final = "SELECT tariffs.put_in_force(%s, %s, %s, %s, %s)"
_WITHDRAW: Final = "SELECT tariffs.withdraw(%s, %s, %s, %s, %s)"
_UNTOLD: Final = """
SELECT count(*), count(*) FILTER (WHERE sent_at IS NULL), max(sent_at)
FROM tariffs.untold(%s, %s, %s)
"""
_WHO: Final = """
SELECT msisdn FROM tariffs.untold(%s, %s, %s) WHERE msisdn > %s ORDER BY msisdn LIMIT %s
"""


async def versions(tx: Transaction, operator: str) -> list[PublishedVersion]:
    """Every version on record, in the order in which they were meant to take effect."""
    cursor = await tx.execute(_VERSION, [operator])
    return [_version(row) for row in await cursor.fetchall()]


def _version(row: Sequence[Any]) -> PublishedVersion:
    operator, version, digest, effective, founding, notice, at, by, offers, *rest = row
    return PublishedVersion(
        operator, version, bytes(digest), effective, founding, notice, at, by, tuple(offers), *rest
    )


async def found(  # noqa: PLR0913, PLR0917 -- what is founded, by whom, as which leaf, when
    tx: Transaction,
    operator: str,
    chosen: Sequence[tuple[str, bytes, Instant]],
    notice_ms: int,
    by: str,
    leaf_seq: int,
    at: Instant,
) -> None:
    """Keep the versions that are in force when the database begins; only once."""
    await tx.execute(
        _FOUND,
        [
            operator,
            texts([version for version, _, _ in chosen]),
            byteas([digest for _, digest, _ in chosen]),
            moments([effective for _, _, effective in chosen]),
            notice_ms,
            by,
            leaf_seq,
            moment_of(at),
        ],
    )


async def publish(
    tx: Transaction,
    new: PublishedVersion,
    body: str,
    approved_by: int,
    leaf_seq: int,
) -> None:
    """Keep a published version, through the door that verifies all of it."""
    await tx.execute(
        _PUBLISH,
        [
            new.operator,
            new.version_id,
            new.digest,
            moment_of(new.effective_from),
            texts(new.offers),
            new.notice_ms,
            body,
            approved_by,
            new.campaign_id,
            new.published_by,
            leaf_seq,
            moment_of(new.published_at),
        ],
    )


async def put_in_force(
    tx: Transaction, version: PublishedVersion, begins: Instant, leaf_seq: int, at: Instant
) -> None:
    """Put a version in force, through the door that counts who was not told in time."""
    await tx.execute(
        _PUT_IN_FORCE,
        [version.operator, version.version_id, moment_of(begins), leaf_seq, moment_of(at)],
    )


async def withdraw(
    tx: Transaction, version: PublishedVersion, because: str, leaf_seq: int, at: Instant
) -> None:
    """Withdraw a version that is not in force."""
    await tx.execute(
        _WITHDRAW, [version.operator, version.version_id, because, leaf_seq, moment_of(at)]
    )


async def untold(tx: Transaction, version: PublishedVersion, told_by: Instant) -> Untold:
    """How many affected lines had no notice by an instant."""
    cursor = await tx.execute(_UNTOLD, [version.operator, version.version_id, moment_of(told_by)])
    row = await cursor.fetchone()
    assert row is not None
    lines, never, latest = row
    known = latest is not None and not never
    return Untold(lines, never, Instant(latest + version.notice_ms) if known else None)


async def who(
    tx: Transaction, version: PublishedVersion, told_by: Instant, after: str, limit: int
) -> list[str]:
    """The numbers of affected lines that had no notice by an instant, a page in order."""
    cursor = await tx.execute(
        _WHO, [version.operator, version.version_id, moment_of(told_by), after, limit]
    )
    return [str(row[0]) for row in await cursor.fetchall()]
