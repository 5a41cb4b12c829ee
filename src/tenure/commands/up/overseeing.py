"""What time causes about staff: what is unusual is raised, and looks without a case are told."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from tenure.commands.connect import act_of
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Telling
from tenure.promises.numbers import operations as numbers
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import ToTell
from tenure.terms.model import Terms
from tenure.terms.notice_kinds import NoticeKind
from tenure.values.instant import MINUTE_MS, Instant, iso
from tenure.values.msisdn import Msisdn

log = logging.getLogger(__name__)

EVERY_MS: Final = 5 * MINUTE_MS
BY: Final = "<clock>"
PERSON: Final = "person"
"""What a look at a profile names, before the person's number."""


def overseeing(pool: Pool, terms: Terms) -> Callable[[Instant], Awaitable[None]]:
    """Late or twice, it does the same once."""

    async def look(at: Instant) -> None:
        act = act_of(BY, at)
        raised = await perform(pool, staff.raise_concerns, terms.time_zone, act)
        told = await perform(pool, tell, act)
        if raised or told:
            log.info("staff: %d concerns raised, %d looks told", len(raised), told)

    return look


async def tell(tx: Transaction, act: Act) -> int:
    """Tell everybody of whom somebody saw something without a case; how many were told."""
    due = await staff.to_tell(tx, act.at)
    tellings = [found for one in due for found in await _tellings(tx, one, act.at)]
    await notices.tell(tx, tellings)
    await staff.told(tx, [one.look_id for one in due], act.at)
    return len(tellings)


async def _tellings(tx: Transaction, look: ToTell, at: Instant) -> list[Telling]:
    """What is told of a look: of a profile (``person 4711``) on every number of that person."""
    kind, _, person_id = look.msisdn.partition(" ")
    if kind == PERSON and person_id.isdecimal():
        facts = {"seen_at": iso(look.at)}
        telling = numbers.profiles.tellings
        return await telling(tx, int(person_id), NoticeKind.STAFF_BREAK_GLASS, at, facts)
    found = await _telling(tx, look, at)
    return [] if found is None else [found]


async def _telling(tx: Transaction, look: ToTell, at: Instant) -> Telling | None:
    """What the holder is told; whoever holds the number only since then was not looked at."""
    line = await numbers.find(tx, look.msisdn)
    tenure = await numbers.holding.holder(tx, look.msisdn)
    if line is None or (tenure is not None and tenure.since > look.at):
        return None
    return Telling(
        msisdn=Msisdn(look.msisdn),
        person_id=None if tenure is None else tenure.holder_id,
        language=line.language,
        kind=NoticeKind.STAFF_BREAK_GLASS,
        facts={"seen_at": iso(look.at)},
        at=at,
    )
