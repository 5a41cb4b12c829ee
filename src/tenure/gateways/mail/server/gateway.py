"""Hands over the notices that leave by e-mail: decided and committed first, then submitted."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from tenure.gateways.mail.server.submission import (
    Fate,
    Lost,
    NotOpened,
    Submission,
    Taken,
    Turned,
)
from tenure.gateways.mail.translate import NO_ADDRESS, Stationery, letter, message_id
from tenure.gateways.mail.wire import plain, written
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Dispatch, Medium, Route
from tenure.promises.numbers import operations as numbers
from tenure.terms.model import Terms
from tenure.values.instant import Instant, moment_of

log = logging.getLogger(__name__)

AT_ONCE: Final = 50
"""Letters of one commit: so many may be in doubt when this process dies."""
LOOK_SECONDS: Final = 0.5
AGAIN_SECONDS: Final = 15.0
"""How long a server that was not to be had is left alone."""


class Tally(msgspec.Struct):
    """What became of the letters of one round."""

    handed: int = 0
    refused: int = 0
    lost: int = 0
    returned: int = 0


class MailGateway:
    """One connection to the server of mail, and whatever waits for it."""

    def __init__(
        self,
        pool: Pool,
        terms: Terms,
        paper: Stationery,
        submission: Submission,
        route: Route,
        now: Callable[[], Instant],
    ) -> None:
        """Nothing is opened until something waits.  ``route`` names the server in the proof."""
        assert route.medium is Medium.EMAIL
        self._pool, self._terms, self._now = pool, terms, now
        self._paper, self._submission, self._route = paper, submission, route
        self._unreported: list[tuple[Dispatch, Fate | None]] = []
        self._trouble = ""
        self._stopping = False

    async def run(self) -> None:
        """Hand over until cancelled; a failure is logged, and tried again.

        Whoever cancels waits for the letter that is under way, so that it is not left in doubt.
        """
        try:
            while True:
                round_of_all = asyncio.create_task(self._round())
                try:
                    wait_seconds = await asyncio.shield(round_of_all)
                except asyncio.CancelledError:
                    self._stopping = True
                    await round_of_all
                    raise
                await asyncio.sleep(wait_seconds)
        finally:
            self.close()

    async def _round(self) -> float:
        """Hand over what waits; in how many seconds to look again."""
        try:
            await self.deliver_all()
        except NotOpened as error:
            self._note(str(error))
            return AGAIN_SECONDS
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is tried again
            # No trace of it: what an error about a letter quotes may be an address.
            self._note(type(error).__name__)
        return LOOK_SECONDS

    async def deliver_all(self) -> Tally:
        """Hand over what waits; NotOpened while the server is not to be had, and then it waits.

        A letter is decided about and committed before it is submitted.  What is known of it is
        reported; of a letter whose connection ended after its text nothing is known, nor reported.
        """
        tally = Tally()
        await self._report(tally)
        while not self._stopping and await perform(self._pool, self._anything):
            # Before anything is decided: without a server, nothing is under way.
            await asyncio.to_thread(self._submission.ready)
            self._note("")
            dispatches = await perform(self._pool, self._take)
            await self._submit(dispatches)
            await self._report(tally)
        return tally

    def close(self) -> None:
        """End the connection."""
        self._submission.close()

    async def _anything(self, tx: Transaction) -> bool:
        return bool(await notices.waiting(tx, Medium.EMAIL, 1, self._now()))

    async def _take(self, tx: Transaction) -> list[Dispatch]:
        now = self._now()
        found = await notices.waiting(tx, Medium.EMAIL, AT_ONCE, now)
        reach = await numbers.lifecycle.reach(tx, found)
        return await notices.decide(tx, self._terms, self._route, found, reach, now)

    async def _submit(self, dispatches: Sequence[Dispatch]) -> None:
        reachable = True
        for dispatch in dispatches:
            goes = reachable and not self._stopping
            fate = await asyncio.to_thread(self._one, dispatch) if goes else None
            reachable = reachable and fate is not None
            self._unreported.append((dispatch, fate))

    def _one(self, dispatch: Dispatch) -> Fate | None:
        """What became of one letter; None when there is no server for it any more."""
        if not plain(dispatch.to):
            return Turned(NO_ADDRESS, permanent=True)
        try:
            self._submission.ready()
        except NotOpened:
            return None
        try:
            octets = written(letter(self._paper, dispatch, moment_of(self._now())))
        except Exception as error:  # noqa: BLE001 -- one letter of ours that is wrong holds up no other
            log.error("a letter could not be written: %s", type(error).__name__)  # noqa: TRY400 -- it may quote an address
            return Turned("no letter", permanent=False)
        return self._submission.submit(dispatch.to, octets, f"delivery-{dispatch.delivery_id}")

    async def _report(self, tally: Tally) -> None:
        """Write down what is known; what cannot be written now is written the next time."""
        if not self._unreported:
            return
        await perform(self._pool, self._written_down, self._unreported)
        fates = [fate for _, fate in self._unreported]
        self._unreported = []
        tally.handed += sum(isinstance(fate, Taken) for fate in fates)
        tally.refused += sum(isinstance(fate, Turned) for fate in fates)
        tally.lost += sum(isinstance(fate, Lost) for fate in fates)
        tally.returned += sum(fate is None for fate in fates)

    async def _written_down(
        self, tx: Transaction, known: Sequence[tuple[Dispatch, Fate | None]]
    ) -> None:
        at = self._now()
        handed = [
            (one.delivery_id, message_id(self._paper, one.notice.notice_id))
            for one, fate in known
            if isinstance(fate, Taken)
        ]
        refused = [
            (one.delivery_id, fate.reason, fate.permanent)
            for one, fate in known
            if isinstance(fate, Turned)
        ]
        await notices.handed(tx, handed, at)
        await notices.refused(tx, refused, at)
        await notices.returned(tx, [one.delivery_id for one, fate in known if fate is None], at)

    def _note(self, trouble: str) -> None:
        """Say what is in the way when it begins, and that it is over; not every time."""
        if trouble == self._trouble:
            return
        if trouble:
            log.warning("no mail is handed over: %s; it is tried again", trouble)
        else:
            log.info("mail is handed over again")
        self._trouble = trouble
