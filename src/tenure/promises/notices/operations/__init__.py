"""What may be asked of notices: to tell somebody, and to send what waits."""

from collections.abc import Mapping, Sequence

from tenure.postgres.transaction import Transaction
from tenure.promises.notices import rules, store
from tenure.promises.notices.model import Dropped, Notice, Reach, Send, Telling
from tenure.promises.notices.operations import campaigns
from tenure.promises.notices.rules import Wording, wording, words
from tenure.terms.notice_kinds import facts_of
from tenure.values.instant import Instant

__all__ = [
    "Wording",
    "campaigns",
    "decide",
    "newest",
    "of_number",
    "sent_among",
    "tell",
    "waiting",
    "wording",
    "words",
]


async def tell(tx: Transaction, tellings: Sequence[Telling]) -> list[int]:
    """Tell people something, in the transaction of what it tells of.

    Returns the numbers of the notices, in the same order.  They leave within a second after the
    commit.  A kind that lacks a fact of its text is our own mistake.
    """
    for telling in tellings:
        missing = facts_of(telling.kind) - telling.facts.keys()
        assert not missing, f"{telling.kind.value} needs {sorted(missing)}"
    return await store.tell(tx, tellings)


async def waiting(tx: Transaction, limit: int) -> list[Notice]:
    """The oldest notices that wait, kept from other senders until the transaction ends."""
    return await store.waiting(tx, limit)


async def decide(
    tx: Transaction, notices: Sequence[Notice], reach: Mapping[int, Reach], at: Instant
) -> list[tuple[Notice, Send]]:
    """Mark what waits as sent or dropped; returns what is to go out, and where to.

    ``reach`` says of each notice, by its number, where it could go now.  A clock that was set back
    does not make a notice older than what it tells of.
    """
    fates = [(notice, rules.fate(notice, reach[notice.notice_id])) for notice in notices]
    sent = [(notice, fate) for notice, fate in fates if isinstance(fate, Send)]
    dropped = [(notice, fate) for notice, fate in fates if isinstance(fate, Dropped)]
    await store.mark_sent(tx, [notice.notice_id for notice, _ in sent], at)
    await store.mark_dropped(tx, [(notice.notice_id, why) for notice, why in dropped], at)
    return sent


async def of_number(tx: Transaction, msisdn: str, limit: int = 20) -> list[Notice]:
    """The newest notices about a number, newest first, whoever held it."""
    return await store.of_number(tx, msisdn, limit)


async def newest(tx: Transaction, limit: int = 20) -> list[Notice]:
    """The newest notices of all, newest first."""
    return await store.newest(tx, limit)


async def sent_among(tx: Transaction, notice_ids: Sequence[int]) -> set[int]:
    """Which of these notices were marked as sent."""
    return await store.sent_among(tx, notice_ids)
