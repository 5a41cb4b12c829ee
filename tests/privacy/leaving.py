"""Agreements that the database enforces, people with or without consent, a payload in memory."""

import hashlib
import json
from typing import Any, Final

from tenure.postgres.ownership import perform_as_owner
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import How, Way, Whose, Yes
from tenure.promises.numbers import operations as numbers
from tenure.promises.privacy.model.disclosures import Ask, Disclosure, Order
from tenure.promises.privacy.operations import disclosures
from tenure.promises.record.model import Act
from tenure.promises.staff.model import Role
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tests.numbers.stocked import AT, KH, act, person, sell, stock
from tests.staff.given import enrolled

LATER: Final = Instant(AT + 1_000)
ORDER: Final = Order("PP-2026/117", hashlib.sha256(b"an order").hexdigest())
CLUB: Final = Ask("film-club", "offers", (1, 2, 3))
CARE: Final = Ask("group-care", "complaints", (1, 2, 3))
BY_ORDER: Final = Ask("investigators", "legal-duty", (1,), order=ORDER)
STAFF: Final = {
    "chan": (Role.SUPERVISOR,),
    "vanna": (Role.SUPERVISOR,),
    "rith": (Role.LEGAL,),
    "sam": (Role.LEGAL,),
}
SHOP: Final = How(Way.SHOP, "km", "form 7")


class Memory:
    """A payload that is looked at."""

    def __init__(self) -> None:
        self.octets = b""

    def begin(self) -> None:
        self.octets = b""

    def write(self, octets: bytes) -> None:
        self.octets += octets

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What is said of each, after the heading."""
        return [json.loads(line) for line in self.octets.splitlines()[1:]]


async def agreed(owner: str, terms: Terms = KH) -> None:
    """The database enforces the agreements of a pack."""
    await perform_as_owner(owner, disclosures.keep, terms, act("<tenure>", AT))


async def three(pool: Pool) -> None:
    """Persons 1, 2 and 3 each hold a number."""
    for login, roles in STAFF.items():
        await enrolled(pool, login, *roles)
    await perform(pool, stock)
    for place in range(3):
        sold = sell(place, holder_id=place + 1)
        found = await perform(pool, numbers.holding.activate, KH, sold, act())
        assert not isinstance(found, Refused), found


async def says_yes(pool: Pool, person_id: int, at: Instant = AT) -> None:
    """To what partners are given."""
    whose = Whose(person_id, person(person_id).born_on)
    yes = Yes(whose, person_id, ("partner-services",), SHOP)
    found = await perform(pool, consent.give, KH, yes, Act("sok", at, bytes(32)))
    assert not isinstance(found, Refused), found


async def disclosed(
    pool: Pool, ask: Ask, at: Instant = LATER, terms: Terms = KH, salt: int = 7
) -> tuple[object, Memory]:
    """What came of it, and what left."""
    memory = Memory()
    done = await perform(
        pool, disclosures.disclose, terms, ask, memory, Act("rith", at, bytes([salt]) * 32)
    )
    if isinstance(done, Disclosure):
        assert done.payload_sha256 == hashlib.sha256(memory.octets).digest()
    return done, memory
