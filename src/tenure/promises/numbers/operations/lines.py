"""What may be asked of lines: to find, to open and to change them."""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.numbers import rules
from tenure.promises.numbers.model import Change, Line, NewLine, Refusal
from tenure.promises.numbers.rules import stages
from tenure.promises.numbers.store import lifecycle as lifecycle_store
from tenure.promises.numbers.store import lines as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.values.refused import Refused

ROWS_AT_ONCE: Final = 10_000


async def find(tx: Transaction, msisdn: str) -> Line | None:
    """The line of a number in E.164 digits."""
    return next(iter(await store.by_msisdn(tx, [msisdn])), None)


async def find_by_imsi(tx: Transaction, imsi: str) -> Line | None:
    """The line of a SIM."""
    return await store.by_imsi(tx, imsi)


async def find_by_purses(tx: Transaction, purse_ids: Sequence[int]) -> dict[int, Line]:
    """The lines of these purses, as far as there are any, in one round trip."""
    return {line.purse_id: line for line in await store.by_purse(tx, purse_ids)}


async def count(tx: Transaction) -> int:
    """How many lines there are; dear with millions, so not for every second."""
    return await store.count(tx)


async def find_all(tx: Transaction, msisdns: Sequence[str]) -> dict[str, Line]:
    """The lines of these numbers, as far as there are any, in one round trip."""
    return {str(line.msisdn): line for line in await store.by_msisdn(tx, msisdns)}


async def open_lines(tx: Transaction, news: Sequence[NewLine], act: Act) -> None:
    """Open lines in bulk, with one leaf for all: how many, and a digest of which.

    A number, SIM or purse that has a line already raises: who opens lines has looked before.
    """
    digest = hashlib.sha256()
    for chunk in _chunks(news):
        await store.open_lines(tx, chunk)
        digest.update(msgspec.msgpack.encode(chunk, enc_hook=str))
    said = {"lines": len(news)}
    about = {"digest": digest.hexdigest()}
    await record.append(tx, act, "numbers.opened", said, about)


def _chunks(news: Sequence[NewLine]) -> Iterator[list[NewLine]]:
    rest = iter(news)
    while chunk := list(islice(rest, ROWS_AT_ONCE)):
        yield chunk


async def change(tx: Transaction, msisdn: str, asked: Change, act: Act) -> Line | Refused[Refusal]:
    """Change a line; live sessions of it are told (``tenure_changed``), the record keeps it.

    Asking for what is so already changes and records nothing.  UNKNOWN_NUMBER when it has no line.
    """
    line = await store.by_msisdn_locked(tx, msisdn)
    if line is None:
        return Refused(Refusal.UNKNOWN_NUMBER, "no line has this number; check its digits")

    changed = rules.changed(line, asked, act.at)

    if changed != line:
        await store.change(tx, changed)
        said = {"line": _public(changed)}
        kind = f"numbers.{asked.__struct_config__.tag}"
        leaf_seq = await record.append(tx, act, kind, said, {"msisdn": msisdn})
        if stages.served(changed) != stages.served(line):
            await lifecycle_store.ask_network(tx, [msisdn], [leaf_seq], act.at)
    return changed


def _public(line: Line) -> dict[str, bool]:
    """What of a line is no personal data."""
    return {
        "bar_outgoing": line.bar_outgoing,
        "bar_incoming": line.bar_incoming,
        "suspended": line.suspended,
        "lost": line.lost_at is not None,
    }
