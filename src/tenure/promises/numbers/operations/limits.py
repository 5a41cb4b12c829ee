"""What may be asked about limits of lines, by the promise that decides them."""

from collections.abc import Sequence

from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model import Limit, Reached
from tenure.promises.numbers.store import limits as store

__all__ = ["limit", "reached", "reached_by_offer"]


async def reached(tx: Transaction, msisdns: Sequence[str]) -> list[Reached]:
    """The lines of these numbers with their holders, locked until the transaction ends."""
    return await store.by_msisdn(tx, msisdns) if msisdns else []


async def reached_by_offer(tx: Transaction, offer: str) -> list[Reached]:
    """All lines of an offer with their holders, locked until the transaction ends."""
    return await store.by_offer(tx, offer)


async def limit(tx: Transaction, limits: Sequence[Limit]) -> None:
    """Limit lines, set-based; live sessions of them are told (``tenure_changed``).

    Who decides records why: a limit says nothing of its reason.
    """
    if limits:
        await store.limit(tx, limits)
