"""What may be asked of the end of usage: what is due, end it, and forget the other party.

The clock asks ``due`` and calls ``anonymise`` for each, one transaction a month and stage.  Whoever
dies meanwhile leaves the month as it was, or done.
"""

import datetime as dt
from collections.abc import Sequence

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.retention import Ending, State
from tenure.promises.privacy.model.usage import Due, Ended, Figures, Months, Refusal, Stage
from tenure.promises.privacy.rules import usage as rules
from tenure.promises.privacy.store import usage as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, NewLeaf, Plain
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.refused import Refused

__all__ = ["anonymise", "coming", "due", "foretold", "forget_party", "months"]

_KIND = {
    Stage.DETAILS: "privacy.usage_details_ended",
    Stage.TOTALS: "privacy.usage_anonymised",
    Stage.BOOKS: "privacy.books_closed",
}


async def months(tx: Transaction) -> list[Months]:
    """The months there are entries of, the oldest first."""
    return await store.months(tx)


async def due(tx: Transaction, terms: Terms, at: Instant) -> list[Due]:
    """What of which month has to end now, the oldest first; nothing of it is done.

    A month of which everything is held waits and is not due.
    """
    figures = rules.figures_of(terms)
    found: dict[dt.date, Due] = {}
    for one in rules.due(await store.months(tx), figures, at):
        if one.month not in found and await store.waits(tx, one.month, one.stage, at):
            found[one.month] = one
    return list(found.values())


def coming(terms: Terms, known: Sequence[Months], at: Instant) -> list[tuple[Stage, Instant]]:
    """Of each month which stage comes next, and when it falls due."""
    figures = rules.figures_of(terms)
    return [rules.next_stage(one, figures, at) for one in known]


async def foretold(tx: Transaction, at: Instant) -> list[Ending]:
    """Of each month which stage comes next, and in which month, with about how many entries.

    By the periods that the database has; what is held of a month is not looked for.
    """
    days = await store.days(tx)
    if days is None:
        return []
    figures = Figures(*days, purses_min=0, time_zone="")
    found = []
    for one in await store.months(tx):
        stage, due_at = rules.next_stage(one, figures, at)
        keep = "accounts" if stage is Stage.BOOKS else "usage"
        state = State.DUE if at >= due_at else State.MUST_STAY
        found.append(Ending("money.entry", keep, state, due_at, one.entries))
    return found


async def anonymise(
    tx: Transaction, terms: Terms, month: dt.date, stage: Stage, act: Act
) -> Ended | Refused[Refusal]:
    """Carry out a stage of a month, with its leaf: what it came to stays, to the millionth.

    The month is written anew and compared by constraints of the database, then takes its place in
    the moment before the commit.  Refused when it is unknown, early, or has nothing to end.
    """
    figures = rules.figures_of(terms)
    known = rules.may_end(month, stage, await store.months(tx), figures, act.at)
    if isinstance(known, Refused):
        return known
    if not await store.waits(tx, month, stage, act.at):
        what = "all of it has ended, or is held"
        return Refused(Refusal.NOTHING_TO_END, f"{month:%Y-%m}: {what}; nothing is to be done")
    made = await store.end(tx, month, stage, figures, act.at)
    said: dict[str, Plain] = {
        "month": f"{month:%Y-%m}",
        "run": made.run,
        "ended": made.ended,
        "held": made.held,
        "legs": [str(leg) for leg in made.legs],
        "totals": made.totals,
        "totals_sha256": made.totals_sha256,
        "purses_min": figures.purses_min,
        "least_days": figures.least_of(stage),
    }
    leaf_seq = await record.append(tx, act, _KIND[stage], said, {})
    await store.replace(tx, made, leaf_seq, act.at)
    return made


async def forget_party(tx: Transaction, people: Sequence[int], act: Act) -> int:
    """Take these people's numbers out of the usage of others, in the time in which they had them.

    Nobody's charges change, and what a hold keeps stays.  One pass over all entries, however many
    people; returns how many entries were emptied.
    """
    leaves = [NewLeaf("privacy.party_forgotten", {}, {"person": str(one)}) for one in people]
    proofs = await record.append_all(tx, act, leaves)
    return await store.forget_party(tx, people, proofs, act.at)
