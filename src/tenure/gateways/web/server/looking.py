"""Looks up what is known of one number, in one transaction that changes nothing."""

from collections.abc import Callable

import msgspec

from tenure.gateways.web.translate import Known, Wording, line_view, not_a_number
from tenure.gateways.web.wire.shapes import LineView, NoLine
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.charging import operations as charging
from tenure.promises.money import operations as money
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers import rules
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused

ENTRIES_SHOWN = 15


class Looking(msgspec.Struct, frozen=True):
    """Call it with what was typed."""

    pool: Pool
    said: Wording
    now: Callable[[], Instant]

    async def __call__(self, typed: str) -> LineView | NoLine:
        """What the page shows of a number in any usual form, or why it shows nothing."""
        msisdn = rules.normalised(typed, self.said.terms.country)
        if isinstance(msisdn, Refused):
            return not_a_number(msisdn)
        at = self.now()
        known = await perform(self.pool, _known, msisdn, at)
        if known is None:
            return NoLine("Nobody here has this number.")
        return line_view(known, self.said, at)


async def _known(tx: Transaction, msisdn: Msisdn, at: Instant) -> Known | None:
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
