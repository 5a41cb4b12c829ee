"""What may be asked of notices: to tell somebody, and to send what waits."""

from collections.abc import Sequence

from tenure.postgres.transaction import Statements, Transaction
from tenure.promises.notices import store
from tenure.promises.notices.model import Notice, Telling
from tenure.promises.notices.operations import campaigns
from tenure.promises.notices.operations.sending import (
    AT_ONCE,
    decide,
    handed,
    handing,
    receipt,
    refused,
    returned,
    state,
    unanswered,
    waiting,
    with_tries,
)
from tenure.promises.notices.rules import Letter, Wording, code_letter, letter, wording, words
from tenure.terms.notice_kinds import facts_of

__all__ = [
    "AT_ONCE",
    "Letter",
    "Wording",
    "campaigns",
    "code_letter",
    "decide",
    "found",
    "handed",
    "handing",
    "letter",
    "newest",
    "of_number",
    "receipt",
    "refused",
    "returned",
    "sent_among",
    "state",
    "tell",
    "unanswered",
    "waiting",
    "with_tries",
    "wording",
    "words",
]


async def tell(tx: Statements, tellings: Sequence[Telling]) -> list[int]:
    """Tell people something, in the transaction of what it tells of.

    Returns the numbers of the notices, in the same order.  They leave within a second after the
    commit, unless their class or their instant bids them wait.  A kind that lacks a fact of its
    text is our own mistake.
    """
    for telling in tellings:
        missing = facts_of(telling.kind) - telling.facts.keys()
        assert not missing, f"{telling.kind.value} needs {sorted(missing)}"
    return await store.tell(tx, tellings)


async def of_number(tx: Transaction, msisdn: str, limit: int = 20) -> list[Notice]:
    """The newest notices about a number, newest first, whoever held it."""
    return await store.of_number(tx, msisdn, limit)


async def found(tx: Transaction, notice_ids: Sequence[int]) -> list[Notice]:
    """These notices, with all attempts to deliver them; those that are none are left out."""
    return await with_tries(tx, await store.found(tx, notice_ids))


async def newest(tx: Transaction, limit: int = 20) -> list[Notice]:
    """The newest notices of all, newest first."""
    return await store.newest(tx, limit)


async def sent_among(tx: Transaction, notice_ids: Sequence[int]) -> set[int]:
    """Which of these notices were handed over, at least once."""
    return await store.sent_among(tx, notice_ids)
