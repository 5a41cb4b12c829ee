"""Hands over letters to who sent a form of the website: each once, one at a time (WEB-USE)."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from tenure.gateways.mail.server.submission import (
    Fate,
    Lost,
    NotOpened,
    Submission,
    Taken,
    Turned,
)
from tenure.gateways.mail.translate import NO_ADDRESS
from tenure.gateways.mail.wire import Letter, plain, written
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.privacy import model
from tenure.promises.privacy import operations as privacy
from tenure.promises.privacy.operations import Keys
from tenure.terms.model import Terms
from tenure.values.instant import Instant, moment_of

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 2.0
AGAIN_SECONDS: Final = 15.0
"""How long a server that was not to be had is left alone."""
DOUBT: Final = "the connection ended after the text"


class FormLetters:
    """One connection to the server of mail, and the letters that wait for it."""

    def __init__(
        self,
        pool: Pool,
        terms: Terms,
        keys: Keys,
        sender: str,
        submission: Submission,
        now: Callable[[], Instant],
    ) -> None:
        """Nothing is opened until something waits.  ``keys`` are this task's alone."""
        self._pool, self._terms, self._keys, self._now = pool, terms, keys, now
        self._sender, self._submission = sender, submission
        self._unreported: tuple[model.letters.Going, Fate | None] | None = None
        self._trouble = ""

    async def run(self) -> None:
        """Hand over until cancelled; the letter that is under way then is finished first."""
        try:
            while True:
                one = asyncio.create_task(self._round())
                try:
                    wait_seconds = await asyncio.shield(one)
                except asyncio.CancelledError:
                    await one
                    raise
                await asyncio.sleep(wait_seconds)
        finally:
            self.close()

    async def _round(self) -> float:
        """Hand over one letter; in how many seconds to look again."""
        try:
            return 0.0 if await self.step() else LOOK_SECONDS
        except NotOpened as error:
            self._note(str(error))
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is tried again
            # No trace of it: what an error about a letter quotes may be an address.
            self._note(type(error).__name__)
        return AGAIN_SECONDS

    async def step(self) -> bool:
        """Hand over the next letter; False when none waits, NotOpened while there is no server.

        What became of a letter is written down before another is begun.
        """
        await self._report()
        if not await perform(self._pool, privacy.letters.is_due, self._now()):
            return False
        # Before anything is decided: without a server, nothing is under way.
        await asyncio.to_thread(self._submission.ready)
        self._note("")
        going = await perform(
            self._pool, privacy.letters.begin, self._terms, self._keys, self._now()
        )
        if going is None:
            return False
        self._unreported = going, await asyncio.to_thread(self._one, going)
        await self._report()
        return True

    def close(self) -> None:
        """End the connection."""
        self._submission.close()

    def _one(self, going: model.letters.Going) -> Fate | None:
        """What became of a letter; None when there is no server for it any more."""
        if not plain(going.to):
            return Turned(NO_ADDRESS, permanent=True)
        try:
            self._submission.ready()
        except NotOpened:
            return None
        try:
            octets = written(self._letter(going))
        except Exception as error:  # noqa: BLE001 -- one letter that is wrong holds up no other
            log.error("a letter could not be written: %s", type(error).__name__)  # noqa: TRY400 -- it may quote an address
            return Turned("no letter", permanent=True)
        envelope = f"form-{going.letter.entry_id}-{going.letter.number}"
        return self._submission.submit(going.to, octets, envelope)

    def _letter(self, going: model.letters.Going) -> Letter:
        """The same name for every try, so that a double shows as one."""
        name = f"form-{going.letter.entry_id}-{going.letter.number}"
        return Letter(
            message_id=f"{name}@{self._sender.rpartition('@')[2]}",
            sender=self._sender,
            sender_name=self._terms.name,
            to=going.to,
            subject=going.subject,
            text=going.text,
            language=going.language,
            written=moment_of(self._now()),
        )

    async def _report(self) -> None:
        """Write down what is known; what cannot be written now is written the next time."""
        if self._unreported is None:
            return
        going, fate = self._unreported
        await perform(self._pool, self._written_down, going, fate)
        self._unreported = None

    async def _written_down(
        self, tx: Transaction, going: model.letters.Going, fate: Fate | None
    ) -> None:
        letters, letter, at = privacy.letters, going.letter, self._now()
        match fate:
            case Taken():
                await letters.handed(tx, letter, at)
            case Turned(reason, permanent):
                await letters.refused(tx, self._terms, letter, (reason, permanent), at)
            case Lost():
                await letters.unsure(tx, letter, DOUBT)
            case None:
                await letters.returned(tx, letter, at)

    def _note(self, trouble: str) -> None:
        """Say what is in the way when it begins, and that it is over; not every time."""
        if trouble == self._trouble:
            return
        if trouble:
            log.warning("no answer to a form is handed over: %s; it is tried again", trouble)
        else:
            log.info("answers to forms are handed over again")
        self._trouble = trouble
