"""What the gateway to the network may ask: its tasks, and the papers for what it must be shown."""

from collections.abc import Sequence
from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Channel, NoticeKind, Telling
from tenure.promises.numbers.model.holding import TakenOver
from tenure.promises.numbers.model.network import Papers, Served, Task
from tenure.promises.numbers.store import holding as holding_store
from tenure.promises.numbers.store import lines as line_store
from tenure.promises.numbers.store import network as store
from tenure.values.instant import Instant

TASKS_AT_ONCE: Final = 100


async def waiting(
    tx: Transaction, after: int = 0, without: Sequence[int] = (), limit: int = TASKS_AT_ONCE
) -> list[Task]:
    """Tasks that wait, the oldest first; ``without`` are those that were tried a moment ago."""
    return await store.waiting(tx, after, without, limit)


async def tasks(tx: Transaction, after: int = 0, limit: int = TASKS_AT_ONCE) -> list[Task]:
    """All tasks that there ever were, a page of them."""
    return await store.tasks(tx, after, limit)


async def papers(tx: Transaction, request_hash: bytes) -> Papers | None:
    """Exactly what was asked, and everything that was signed for it."""
    return await store.papers(tx, request_hash)


async def done(tx: Transaction, task_id: int, at: Instant, problem: str | None = None) -> None:
    """Keep that a task needs no more work: the network believes it, or something later."""
    await store.done(tx, task_id, at, problem)


async def doubted(
    tx: Transaction, task: Task, problem: str, at: Instant, proven_holder: int | None
) -> None:
    """Keep why the network did not act, and tell the holder, once for each task.

    The holder is who was proven to be; whom the tables name may be the thief.
    """
    await store.doubted(tx, task.task_id, problem)
    if task.problem is not None:
        return
    line = next(iter(await line_store.by_msisdn(tx, [task.msisdn])), None)
    if line is None:
        return
    named = (await holding_store.holders(tx, [task.msisdn])).get(task.msisdn)
    holder = named if proven_holder is None else proven_holder
    telling = Telling(
        msisdn=task.msisdn,
        person_id=holder,
        language=line.language,
        kind=NoticeKind.SECURITY_ATTEMPT,
        facts={},
        at=at,
        # What was proven is what the network serves: the number still reaches who was proven to be.
        channel=Channel.NUMBER if holder == named else Channel.NETWORK,
    )
    await notices.tell(tx, [telling])


async def bases(tx: Transaction) -> list[int]:
    """The leaves by which an existing base came to its holders."""
    return await store.bases(tx)


async def base(tx: Transaction, leaf_seq: int) -> list[TakenOver]:
    """Who came to hold which number on which card by this leaf."""
    return await store.base(tx, leaf_seq)


async def served(tx: Transaction, msisdns: Sequence[str]) -> dict[str, Served]:
    """How these lines stand in the tables, as far as the network is concerned."""
    return {str(one.msisdn): one for one in await store.served(tx, msisdns)}


async def troubled(tx: Transaction, limit: int = TASKS_AT_ONCE) -> list[Task]:
    """Tasks that wait although they were tried: what the network was told is not so there."""
    return await store.troubled(tx, limit)
