"""What the desk asks: the open cases by their deadline, one case, and whom the officers hear of."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.rights import (
    Alert,
    Dossier,
    Refusal,
    Row,
    State,
)
from tenure.promises.privacy.operations.rights.keeping import UNKNOWN, about, may
from tenure.promises.privacy.rules import rights as rules
from tenure.promises.privacy.store import rights as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Task
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tenure.values.sealing import Whose

FIRST: Final = UUID(int=0)
PAGE: Final = 200


async def open_cases(tx: Transaction, after: UUID = FIRST, limit: int = PAGE) -> list[UUID]:
    """The next cases that are not closed, for whoever goes through them all."""
    return await store.open_ids(tx, after, limit)


async def workable(
    tx: Transaction, terms: Terms, case_ids: Sequence[UUID], at: Instant
) -> list[UUID]:
    """Of these, the cases that do not wait for a proof: most do, and there is nothing to do."""
    known = await store.dossiers(tx, case_ids)
    return [one.case.case_id for one in known if not rules.waits(one.now, terms.privacy.rights, at)]


async def cases(tx: Transaction, at: Instant) -> list[Row]:
    """All open cases, the most urgent first; about nobody, so it needs no case of its own."""
    found: list[Row] = []
    after = FIRST
    while ids := await store.open_ids(tx, after, PAGE):
        found += [row(one, at) for one in await store.dossiers(tx, ids)]
        after = ids[-1]
    return sorted(found, key=lambda one: (one.due_at, one.case_id))


def row(known: Dossier, at: Instant) -> Row:
    """A case as a list shows it."""
    case, now = known.case, known.now
    due = rules.due_at(now, case, at)
    told = [one for one in known.steps if one.is_late]
    answered = now.state in {State.TOLD, State.CLOSED}
    return Row(
        case_id=case.case_id,
        right=case.right,
        channel=case.channel,
        state=now.state,
        received_at=case.received_at,
        due_at=due,
        paused=case.pauses and now.state is State.PROVING,
        percent=rules.percent(now, case, at),
        late=bool(told) or (not answered and at > due),
        outcome=now.outcome,
        proven=now.proven,
    )


async def find(tx: Transaction, case_id: UUID) -> Dossier | None:
    """One case, for whoever goes on with it; who looks at it asks ``show``."""
    return await store.dossier(tx, case_id)


async def show(
    tx: Transaction, case_id: UUID, act: Act
) -> Dossier | Refused[Refusal] | Refused[StaffRefusal]:
    """One case with all that was done; that somebody of ours looked is kept."""
    barred = await may(tx, act, Task.ANSWER_RIGHTS)
    if barred is not None:
        return barred
    known = await store.dossier(tx, case_id)
    if known is None:
        return UNKNOWN
    await record.append(tx, act, "privacy.rights_looked", {}, about(known.case))
    return known


async def of(tx: Transaction, whose: Whose, limit: int = 20) -> list[Dossier]:
    """What somebody asked, the newest first: for their own page."""
    ids = await store.of(tx, whose, limit)
    known = {one.case.case_id: one for one in await store.dossiers(tx, ids)}
    return [known[one] for one in ids]


async def alerts(tx: Transaction) -> list[Alert]:
    """Of each open case of which the officers had to hear, the last that they heard."""
    return await store.alerts(tx)


async def remind(tx: Transaction, terms: Terms, case_ids: Sequence[UUID], act: Act) -> list[Alert]:
    """Let the officers hear of these, as far as it is time; what they heard before is not new.

    The clock calls it: late or twice it does the same.
    """
    new: list[Alert] = []
    for known in await store.dossiers(tx, case_ids):
        due = rules.due_at(known.now, known.case, act.at)
        for percent in rules.due_alerts(known.now, known.case, terms.privacy.rights, act.at):
            one = Alert(known.case.case_id, percent, due, act.at)
            if await store.alert(tx, one):
                new.append(one)
    return new
