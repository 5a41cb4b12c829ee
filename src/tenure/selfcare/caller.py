"""Who is at a phone, as far as its SIM says."""

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.consent.model import How, Way
from tenure.promises.numbers import operations as numbers
from tenure.promises.people import operations as people
from tenure.selfcare.desk import Desk
from tenure.selfcare.model import Caller
from tenure.values.instant import Instant
from tenure.values.msisdn import Imsi, Msisdn


class Visit(msgspec.Struct, frozen=True):
    """Somebody at a phone, at a desk of ours, by one of the ways there."""

    desk: Desk
    caller: Caller
    way: Way
    reference: str
    """Evidence of how something was said: a dialogue or a message, by a name that names nobody."""

    def say(self, name: str, **facts: str) -> str:
        """A text in the caller's language."""
        return self.desk.say(self.caller.language, name, **facts)

    def number(self) -> str:
        """The caller's number as people here write it."""
        return self.desk.number(self.caller.line.msisdn)

    def how(self) -> How:
        """How a yes or a no reached us."""
        return How(self.way, self.caller.language, self.reference)


async def find(tx: Transaction, desk: Desk, phone: Msisdn | Imsi) -> Caller | None:
    """Who has this number or SIM; None when no line has it."""
    if isinstance(phone, Imsi):
        line = await numbers.find_by_imsi(tx, phone)
    else:
        line = await numbers.find(tx, phone)
    if line is None:
        return None
    holder_id = (await numbers.holding.holders(tx, [line.msisdn])).get(line.msisdn)
    person = None if holder_id is None else await people.find(tx, holder_id)
    chosen = line.language if person is None else person.language
    return Caller(line, holder_id, desk.spoken(chosen))


def is_lost(caller: Caller, at: Instant) -> bool:
    """Whether the SIM is in the hands of nobody knows whom (GTC-LOST): it is told nothing then."""
    return caller.line.lost_at is not None and at >= caller.line.lost_at
