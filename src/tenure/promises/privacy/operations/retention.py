"""What may be asked of retention: to erase, to go on, and what came of it (PRV-KEEP).

An erasure is a line of the ledger first, in a transaction of its own; only then anything ends, a
few thousand rows at a time, by one door of the database that looks at periods and holds itself.
"""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.retention import (
    Certificate,
    Ending,
    Entry,
    Left,
    Refusal,
    Step,
    Window,
)
from tenure.promises.privacy.operations import register, usage
from tenure.promises.privacy.operations.keys import Keys
from tenure.promises.privacy.rules import retention as rules
from tenure.promises.privacy.store import retention as store
from tenure.promises.privacy.store import retention_plan
from tenure.promises.privacy.store.ledger import Ledger
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.promises.record.rules import canonical
from tenure.terms.model import Terms
from tenure.terms.retention import Keeping
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tenure.values.sealing import Whose

__all__ = ["Ledger"]

PAGE: Final = 100
REQUEST: Final = "request"
PERIOD: Final = "period"
REPLAY: Final = "replay"
LEDGER: Final = "privacy.erasure"


async def fits(tx: Transaction, terms: Terms) -> bool:
    """Whether the database ends what pack and register say, as they say it."""
    return await store.fits(tx, await _wanted(tx, terms))


async def keep(tx: Transaction, terms: Terms, act: Act) -> bool:
    """Have the database end what pack and register say; whether it did not before.

    Only as the owner (``perform_as_owner``): the application cannot shorten a period.
    """
    wanted = await _wanted(tx, terms)
    if await store.fits(tx, wanted):
        return False
    await store.publish(tx, wanted)
    keeps = {one.name: [one.period.minimum_days, one.period.maximum_days] for one in _keeps(terms)}
    await record.append(tx, act, "privacy.periods", {"days": keeps}, {})
    return True


async def _wanted(tx: Transaction, terms: Terms) -> str:
    shape = await retention_plan.shape(tx, list(register.PROMISES))
    retention = terms.privacy.retention
    return canonical(retention_plan.plan(retention, register.holdings(), register.rows(), shape))


def _keeps(terms: Terms) -> Iterable[Keeping]:
    return terms.privacy.retention.keeps.values()


async def erase(
    tx: Transaction, whose: Whose, entry_id: UUID, act: Act
) -> Entry | Refused[Refusal]:
    """Begin to end all that is held about somebody and that nothing keeps (PRV-RIGHTS).

    It is written into the ledger; what ends, ends afterwards (``commands.ending.proceed``, as the
    clock does).  What a minimum or a hold keeps is deferred with its ground, row by row, and looked
    at again by itself; it keeps nothing else.  Refused for nobody, and while it is under way.
    """
    if not await store.knows(tx, whose):
        return Refused(Refusal.SUBJECT_UNKNOWN, "nobody is known by this number")
    if await store.open_entry(tx, whose) is not None:
        return Refused(Refusal.ERASED_ALREADY, "it is under way; see: tenure privacy erased")
    entry = Entry(entry_id, REQUEST, whose, act.at)
    await _begin(tx, entry, act)
    return entry


async def any_due(tx: Transaction, at: Instant) -> bool:
    """Whether anything of anybody was kept for its longest time."""
    return await store.any_due(tx, at)


async def begin_period(tx: Transaction, entry_id: UUID, act: Act) -> Entry:
    """Begin to end what of everybody has been kept for its longest time."""
    entry = Entry(entry_id, PERIOD, None, act.at)
    await _begin(tx, entry, act)
    return entry


async def _begin(tx: Transaction, entry: Entry, act: Act) -> None:
    about = {} if entry.whose is None else {entry.whose.kind: str(entry.whose.whom)}
    said = {"entry": str(entry.entry_id), "why": entry.why}
    leaf_seq = await record.append(tx, act, "privacy.erasure_begun", said, about)
    await store.write(tx, entry, leaf_seq)


async def replay(tx: Transaction, ledger: Ledger, act: Act) -> int:
    """After a copy was put back: write what the ledger beside the keys has and is lacking here.

    How many entries there were; each is carried out again.  Doing it twice does nothing.
    """
    noted = ledger.entries()
    known = await store.entries(tx, [one.entry_id for one in noted])
    lacking = [one for one in noted if one.entry_id not in known]
    for one in lacking:
        await _begin(tx, Entry(one.entry_id, REPLAY, one.whose, min(one.at, act.at)), act)
    return len(lacking)


async def waiting(tx: Transaction, at: Instant) -> list[Entry]:
    """The entries that something is to be done about by now."""
    return await store.waiting(tx, at, PAGE)


async def steps(tx: Transaction) -> list[Step]:
    """The plan, in its order."""
    return await store.steps(tx)


async def end_some(
    tx: Transaction, entry_id: UUID, nth: int, at: Instant, window: Window | None = None
) -> tuple[int, Window | None]:
    """End a few thousand rows of one step; how many it were, and where to go on.

    None when the whole table was looked at, or all that is about somebody.
    """
    window = window or Window()
    done, pages = await store.end_rows(tx, entry_id, nth, at, window)
    return done, rules.further(window, done, pages)


async def settle(tx: Transaction, entry: Entry, act: Act, keys: Keys | None = None) -> Certificate:
    """Write what came of an entry: counts as a leaf, what stays and why, when to look again.

    Of each class of which nothing stays, the key ends as well, and with it every copy.
    """
    before = await store.certificate(tx, entry.entry_id)
    stays: list[Left] = []
    if entry.whose is not None:
        for step in await store.steps(tx):
            # The ledger itself stays, or nobody could clean a copy that is put back.
            if step.store != LEDGER:
                stays += await store.left(tx, step, entry.whose, act.at)
    await store.defer(tx, entry.entry_id, stays)
    await store.look_again(tx, entry.entry_id, rules.again(stays, act.at))
    found = await store.certificate(tx, entry.entry_id)
    assert before is not None, "it is in the ledger"
    assert found is not None, "it is in the ledger"
    freed = rules.freed(await store.steps(tx), before, stays) if entry.whose is not None else ()
    if keys is not None and entry.whose is not None:
        for class_ in freed:
            await keys.destroy(tx, entry.whose, class_, act)
    said: Mapping[str, Plain] = {
        "entry": str(entry.entry_id),
        "why": entry.why,
        "ended": {f"{one.store} {one.act}": one.rows for one in found.gone},
        "keys": list(freed) if keys is not None else [],
        "stays": {f"{one.store} {one.keep} {one.ground.value}": one.rows for one in found.left},
    }
    await record.append(tx, act, "privacy.erased", said, {})
    return found


async def certificate(tx: Transaction, entry_id: UUID) -> Certificate | Refused[Refusal]:
    """What an entry came to so far: what went, what stays until when and why, and its leaves."""
    found = await store.certificate(tx, entry_id)
    if found is None:
        return Refused(Refusal.ENTRY_UNKNOWN, "no such entry in the ledger of erasures")
    return found


async def forecast(tx: Transaction, at: Instant) -> list[Ending]:
    """How many rows of which store have to be gone in which month, and how they stand at ``at``.

    Entries by the month as a whole, and by about how many there are: of each, its next stage.
    """
    found: list[Ending] = []
    for step in await store.steps(tx):
        found += await store.endings(tx, step, at)
    return found + await usage.foretold(tx, at)
