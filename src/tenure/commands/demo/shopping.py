"""How the demo population tops up: with cards, in the app, and now and then with a wrong PIN."""

import asyncio
import logging
import os
import random
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from tenure.commands import passkey_file
from tenure.commands.demo.population import SEED, Subscriber
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.charging import operations as charging
from tenure.promises.numbers import operations as numbers
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Role
from tenure.promises.topups import operations as topups
from tenure.promises.topups.model import (
    Answer,
    Buy,
    Card,
    Issue,
    Order,
    Pin,
    Redeem,
    Refusal,
    TopUp,
    VoucherKey,
)
from tenure.terms.model import Terms
from tenure.terms.pricelist import Pack
from tenure.values.instant import Instant
from tenure.values.refused import Refused

log = logging.getLogger(__name__)

LOGIN: Final = "demo"
"""Enrolled as the first login, so that a reader can try every command."""
APPROVERS: Final = ("demo-second", "demo-third")
APPROVE: Final = (Role.SUPERVISOR, Role.FRAUD, Role.REVIEWER)
CARDS_AT_ONCE: Final = 200
SALT_OCTETS: Final = 32
PAUSE_SECONDS: Final = (0.3, 1.5)
EMPTY_MAX: Final = 400
"""So many who could not pay are remembered; whoever tops up is most likely one of them."""

WORDS: Final = {
    Refusal.PIN_UNKNOWN: "a PIN that no card has",
    Refusal.PIN_MALFORMED: "a PIN with the wrong number of digits",
    Refusal.LOCKED_OUT: "too many wrong PINs in a row from this line",
    Refusal.VOUCHER_USED: "a card that was used before",
    Refusal.VOUCHER_BLOCKED: "a card that was blocked",
    Refusal.VOUCHER_EXPIRED: "a card past its date",
    Refusal.CREDIT_EXHAUSTED: "not enough money or allowance",
    Refusal.LINE_BLOCKED: "the line is lost, suspended or barred",
}


def act_of(at: Instant) -> Act:
    """The demo does something, with fresh salt for the record."""
    return Act(LOGIN, at, os.urandom(SALT_OCTETS), "demo")


async def enrol(pool: Pool, at: Instant, passkeys: Path) -> None:
    """Enrol the login ``demo`` in every role, and two more who can approve what it asks for.

    They are invented humans, whose passkeys are in this folder.  Where somebody is enrolled
    already, all stays as it is.
    """
    if await perform(pool, staff.members):
        return
    for login, roles in ((LOGIN, tuple(Role)), *((login, APPROVE) for login in APPROVERS)):
        path = passkeys / login
        key = passkey_file.load(path) if path.exists() else passkey_file.create(path)
        name = login.title()
        await perform(pool, staff.enrol, login, name, roles, act_of(at), key=key.public)


async def _bought(tx: Transaction, terms: Terms, order: Buy) -> Answer:
    """A plan, not out of what a call in progress holds."""
    line = await numbers.find(tx, order.msisdn)
    if line is not None:
        held = await charging.held_micros(tx, line.purse_id, order.at)
        order = msgspec.structs.replace(order, held_micros=held)
    [answer] = await topups.fulfil(tx, terms, [order])
    return answer


class Shopping:
    """Tops up for the population, at a walking pace, until it is cancelled."""

    def __init__(
        self,
        pool: Pool,
        pack: Pack,
        key: VoucherKey,
        now: Callable[[], Instant],
        refused: Callable[[str, str], None],
    ) -> None:
        """``refused`` is told the name and the words of each refusal."""
        self._pool, self._pack, self._key = pool, pack, key
        self._now, self._refused = now, refused
        self._chance = random.Random(f"{SEED}/shopping/{os.getpid()}")
        self._cards: deque[Card] = deque()
        self._used: deque[Card] = deque(maxlen=50)
        self.empty: deque[str] = deque(maxlen=EMPTY_MAX)
        """Numbers that could not pay for something a moment ago."""

    @property
    def _terms(self) -> Terms:
        return self._pack.terms

    async def run(self, people: Sequence[Subscriber]) -> None:
        """Shop, one after the other."""
        ways = (self._with_card, self._in_app, self._plan, self._wrong_pin, self._used_card)
        while True:
            way = self._chance.choices(ways, weights=(50, 25, 12, 9, 4))[0]
            try:
                await way(self._shopper(people))
            except Exception:
                log.exception("somebody of the demo could not shop")
            await asyncio.sleep(self._chance.uniform(*PAUSE_SECONDS))

    def _shopper(self, people: Sequence[Subscriber]) -> str:
        if self.empty and self._chance.random() < 0.8:
            index = self._chance.randrange(len(self.empty))
            number = self.empty[index]
            del self.empty[index]
            return number
        return self._chance.choice(people).msisdn

    async def _with_card(self, number: str) -> None:
        if not self._cards:
            await self._buy_cards()
        card = self._cards.popleft()
        self._used.append(card)
        await self._redeem(number, card.pin)

    async def _wrong_pin(self, number: str) -> None:
        digits = self._terms.vouchers.pin_digits
        pin = f"{self._chance.randrange(10**digits):0{digits}d}"
        # Half of the wrong PINs lack a digit, as they do when people type them.
        await self._redeem(number, Pin(pin[: self._chance.choice((digits, digits - 1))]))

    async def _used_card(self, number: str) -> None:
        if self._used:
            await self._redeem(number, self._chance.choice(self._used).pin)

    async def _redeem(self, number: str, pin: Pin) -> None:
        asked = Redeem(number, pin, self._new_key(), self._now())
        self._told(await perform(self._pool, topups.redeem, self._terms, self._key, asked))

    async def _in_app(self, number: str) -> None:
        amount = self._chance.choice(self._terms.topups.denominations[:4]).amount_micros
        await self._order(TopUp(number, amount, self._new_key(), self._now()))

    async def _plan(self, number: str) -> None:
        if self._terms.bundles:
            bundle = self._chance.choice(self._terms.bundles).name
            asked = Buy(number, bundle, self._new_key(), self._now(), held_micros=0)
            self._told(await perform(self._pool, _bought, self._terms, asked))

    async def _order(self, order: Order) -> None:
        [answer] = await perform(self._pool, topups.fulfil, self._terms, [order])
        self._told(answer)

    def _told(self, answer: Answer) -> None:
        if isinstance(answer, Refused):
            name = answer.refusal.name
            self._refused(name, WORDS.get(answer.refusal, name.lower().replace("_", " ")))

    def _new_key(self) -> str:
        return f"demo-{os.urandom(12).hex()}"

    async def _buy_cards(self) -> None:
        """Have a batch printed; the PINs are nowhere but here, and the hashes in the store."""
        amount = self._chance.choice(self._terms.topups.denominations[:4]).amount_micros
        asked = Issue(amount, CARDS_AT_ONCE)
        act = act_of(self._now())

        async def issue(tx: Transaction) -> tuple[Card, ...]:
            printed = await topups.prepare(tx, self._terms, asked, self._key, os.urandom, act.at)
            assert not isinstance(printed, Refused), printed
            await topups.issue(tx, printed, self._key, act)
            return printed.cards

        cards = list(await perform(self._pool, issue))
        self._chance.shuffle(cards)
        self._cards.extend(cards)
