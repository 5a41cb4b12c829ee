"""One engine for every way in: inputs of a dialogue in turn, each answer after its commit."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Hashable
from traceback import extract_tb
from typing import Final
from weakref import WeakValueDictionary

import msgspec

from tenure.gateways.ussd.session.dialogues import Dialogues
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.record.model import Act
from tenure.selfcare import operations as selfcare
from tenure.selfcare.desk import Desk
from tenure.selfcare.model import Refusal, Session, Shown
from tenure.values.instant import Instant
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.refused import Refused
from tenure.values.screens import OCTETS_MAX

log = logging.getLogger(__name__)

ANSWER_SECONDS_MAX: Final = 10.0
"""A phone waits for some seconds more; who dials again gets one effect."""
SALT_OCTETS: Final = 32


class Page(msgspec.Struct, frozen=True):
    """What stands on the screen now."""

    text: str
    ends: bool

    def __repr__(self) -> str:
        return f"Page(ends={self.ends})"


class Tally(msgspec.Struct):
    """What happened since the start."""

    dialled: int = 0
    answered: int = 0
    unknown: int = 0
    failed: int = 0


class Engine:
    """Dialogues by a key of the way they came; what is remembered of them is small and ends."""

    def __init__(self, pool: Pool, desk: Desk, now: Callable[[], Instant]) -> None:
        self.tally = Tally()
        self.desk = desk
        self._pool, self.now = pool, now
        self._dialogues: Dialogues[Session] = Dialogues(desk.menus.dialogue_ms)
        self._turns: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    @property
    def open(self) -> int:
        """How many dialogues are remembered."""
        return len(self._dialogues)

    async def dial(
        self,
        key: Hashable,
        phone: Msisdn | Imsi,
        code: str,
        reference: str = "",
        octets: int = OCTETS_MAX,
    ) -> Page | None:
        """Begin a dialogue; None when nobody has this number or SIM.

        ``reference`` names the dialogue in what is kept of a consent; it names nobody.  ``octets``
        is what a screen may have on this way.
        """
        self.tally.dialled += 1
        async with self._turn(key):
            act = self._act()
            done = perform(
                self._pool,
                selfcare.dial,
                self.desk,
                phone,
                code,
                act,
                reference=reference,
                octets=octets,
            )
            language = self.desk.terms.prevailing_language
            shown = await self._within(done, language)
            if isinstance(shown, Refused):
                self.tally.unknown += 1
                return None
            return self._kept(key, shown, act.at)

    async def answer(self, key: Hashable, said: str) -> Page | None:
        """Go on with a dialogue; None when nothing is known of it: it has to be dialled again."""
        async with self._turn(key):
            act = self._act()
            session = self._dialogues.find(key, act.at)
            if session is None:
                return None
            self.tally.answered += 1
            done = perform(self._pool, selfcare.answer, self.desk, session, said, act)
            shown = await self._within(done, session.language)
            assert isinstance(shown, Shown)
            return self._kept(key, shown, act.at)

    def leave(self, key: Hashable) -> None:
        """Whoever it was has gone."""
        self._dialogues.end(key)

    def _kept(self, key: Hashable, shown: Shown, at: Instant) -> Page:
        if shown.session is None:
            self._dialogues.end(key)
        else:
            self._dialogues.keep(key, shown.session, at)
        return Page(shown.text, ends=shown.session is None)

    async def _within(
        self, done: "Awaitable[Shown | Refused[Refusal]]", language: str
    ) -> Shown | Refused[Refusal]:
        """What was done, or that it could not be done now: then the dialogue is over."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                return await done
        except Exception as error:  # noqa: BLE001 -- it is logged, and the phone gets an answer
            # Whether it was committed may be unknown; who dials again sees, and has one effect.
            # What an error of the database says can name a number: only where it happened is kept.
            places = [f"{one.filename}:{one.lineno}" for one in extract_tb(error.__traceback__)]
            ours = [place for place in places if "tenure" in place]
            log.error(  # noqa: TRY400 -- its words can name a number
                "a dialogue could not go on: %s at %s", type(error).__name__, ours[-1:]
            )
            self.tally.failed += 1
            return Shown(self.desk.say(language, "say-trouble"), None, language)

    def _act(self) -> Act:
        return Act(by=selfcare.PHONE, at=self.now(), salt=secrets.token_bytes(SALT_OCTETS))

    def _turn(self, key: Hashable) -> asyncio.Lock:
        """Inputs of one dialogue are taken one after the other."""
        turn = self._turns.get(key)
        if turn is None:
            turn = self._turns[key] = asyncio.Lock()
        return turn
