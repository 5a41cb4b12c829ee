"""Loads a number, its whole tenure and the state of the record, changing nothing."""

from collections.abc import Sequence
from typing import Final

from tenure.gateways.web.translate import Known, events
from tenure.gateways.web.translate.state import State
from tenure.gateways.web.translate.story import YOU, Facts
from tenure.postgres.transaction import Transaction
from tenure.promises.access import operations as access
from tenure.promises.charging import operations as charging
from tenure.promises.money import operations as money
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Notice
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import History, Progress, Tenure
from tenure.promises.people import operations as people
from tenure.promises.record import operations as record
from tenure.promises.record.model import Receipt
from tenure.promises.staff import operations as staff
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn

ENTRIES_SHOWN: Final = 15
EVENTS_SHOWN: Final = 60
REQUESTS_SHOWN: Final = 10
NOTICES_SHOWN: Final = 50
OPENED: Final = ("msisdn", "holder", "to", "iccid")
"""What a receipt of the present holder's time shows of them."""
OPENED_BEFORE: Final = ("msisdn",)


async def known(tx: Transaction, msisdn: Msisdn, at: Instant) -> Known | None:
    """A number as it is used; None for one without a line."""
    line = await numbers.find(tx, msisdn)
    if line is None:
        return None
    purse = (await money.purses(tx, [line.purse_id])).get(line.purse_id)
    assert purse is not None, "every line has a purse"
    return Known(
        line=line,
        purse=purse,
        entries=tuple(await money.entries(tx, line.purse_id, ENTRIES_SHOWN)),
        sessions=tuple(await charging.sessions_of(tx, line.purse_id, at)),
    )


async def facts(
    tx: Transaction, terms: Terms, msisdn: Msisdn, at: Instant, person_id: int | None = None
) -> Facts:
    """The whole tenure of a number; for its holder (``person_id``) what is theirs of it."""
    line = await numbers.find(tx, msisdn)
    history = await numbers.holding.history(tx, msisdn, at)
    tenure = history.tenures[0] if history.tenures else None
    if tenure is not None and tenure.until is not None:
        tenure = None
    own = person_id is not None
    bodies = await _bodies(tx, history, tenure, own=own)
    purses = {} if line is None else await money.purses(tx, [line.purse_id])
    return Facts(
        history=history,
        line=line,
        purse=None if line is None else purses.get(line.purse_id),
        holder=YOU if own else await _name(tx, tenure),
        own=own,
        receipts=await _receipts(tx, bodies, tenure),
        bodies=bodies,
        lock=await numbers.requests.lock_of(tx, terms, msisdn, at),
        holds=tuple(await numbers.lifecycle.holds(tx, msisdn, at)),
        requests=tuple(await _requests(tx, terms, msisdn, at, tenure if own else None)),
        measures=() if line is None else tuple(await access.of_line(tx, line)),
        notices=tuple(await _notices(tx, msisdn, tenure)),
        troubles=tuple(one for one in await numbers.network.troubled(tx) if one.msisdn == msisdn),
        alarms=tuple(
            one for one in await numbers.register.alarms_open(tx) if one.difference.msisdn == msisdn
        ),
    )


async def _name(tx: Transaction, tenure: Tenure | None) -> str:
    person = None if tenure is None else await people.find(tx, tenure.holder_id)
    return "" if person is None else person.name


async def _bodies(
    tx: Transaction, history: History, tenure: Tenure | None, *, own: bool
) -> dict[int, str]:
    """The leaves about a number; to its holder, those of their own time."""
    found = await record.sightings.leaves_about(tx, events.KINDS, "msisdn", [str(history.msisdn)])
    told = {one.leaf_seq for one in history.tenures}
    told |= {one.leaf_seq for one in history.bindings}
    bodies = await record.sightings.bodies(tx, sorted({*found, *told})[-EVENTS_SHOWN:])
    if not own or tenure is None:
        return bodies
    return {
        leaf: body
        for leaf, body in bodies.items()
        if leaf == tenure.leaf_seq or events.read(body).at >= tenure.since
    }


async def _receipts(
    tx: Transaction, bodies: dict[int, str], tenure: Tenure | None
) -> dict[int, Receipt]:
    """Proofs; of a former holder's time they show the number and nothing else."""
    recent = [
        leaf
        for leaf, body in bodies.items()
        if tenure is not None and events.read(body).at >= tenure.since
    ]
    before = [leaf for leaf in bodies if leaf not in set(recent)]
    return {
        **await record.sightings.first_receipts(tx, before, OPENED_BEFORE),
        **await record.sightings.first_receipts(tx, recent, OPENED),
    }


async def _requests(
    tx: Transaction, terms: Terms, msisdn: Msisdn, at: Instant, tenure: Tenure | None
) -> Sequence[Progress]:
    """Requests about a number; to its holder, those of their own time."""
    found = await numbers.requests.newest(tx, terms, msisdn, at, REQUESTS_SHOWN)
    if tenure is None:
        return found
    return [one for one in found if one.request.from_holder == tenure.holder_id]


async def _notices(tx: Transaction, msisdn: Msisdn, tenure: Tenure | None) -> list[Notice]:
    """What the present holder was told, since they hold the number."""
    found = await notices.of_number(tx, msisdn, NOTICES_SHOWN)
    if tenure is None:
        return [one for one in found if one.telling.person_id is None]
    return [
        one
        for one in found
        if one.telling.person_id == tenure.holder_id and one.telling.at >= tenure.since
    ]


async def state(tx: Transaction, at: Instant) -> State:
    """The state of the record, and what of us somebody should look at."""
    concerns = await staff.concerns(tx)
    return State(
        standing=await record.log.standing(tx),
        alarms=len(await numbers.register.alarms_open(tx)),
        troubles=len(await numbers.network.troubled(tx)),
        glasses=tuple(await staff.glasses(tx, at)),
        concerns=sum(one.closed_at is None for one in concerns),
    )
