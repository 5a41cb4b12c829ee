"""Brings what is recorded before the witnesses: gives places, signs, has it cosigned, publishes.

Nothing is published without the quorum.  Whatever is in the way is said in ``trouble``, and it
is tried again.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from tenure.gateways.witness import wire
from tenure.gateways.witness.server.asking import Asked, Outside
from tenure.gateways.witness.server.files import UnusableFolderError
from tenure.gateways.witness.server.signer import Signer
from tenure.postgres.listening import announcements
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.record import operations as record
from tenure.promises.record import rules
from tenure.promises.record.model import Checkpoint, Log, Proof
from tenure.promises.record.rules import Signature
from tenure.values.instant import Instant
from tenure.values.refused import Refused

log = logging.getLogger(__name__)

CHANNEL: Final = "tenure_recorded"
AT_ONCE: Final = 2_000
LOOK_SECONDS: Final = 1.0
"""It looks by itself as often as this, should an announcement be missed."""
QUORUM: Final = 2


class Stopped(Exception):  # noqa: N818 -- it stops a step; a person reads it
    """A step cannot go on; the message says why."""


class Publisher:
    """The one that publishes; ``run`` does it for as long as it is not cancelled."""

    def __init__(
        self,
        pool: Pool,
        signer: Signer,
        witnesses: Sequence[Outside],
        now: Callable[[], Instant],
        quorum: int = QUORUM,
    ) -> None:
        """``witnesses`` may be replaced while it runs."""
        self.pool, self.signer, self.now, self.quorum = pool, signer, now, quorum
        self.witnesses: list[Outside] = list(witnesses)
        self.trouble = ""
        """What is in the way; "" when nothing is."""
        self.size = 0
        """Of the newest checkpoint that was published."""
        self._wake = asyncio.Event()

    async def run(self, connect: Callable[[], Awaitable[Transaction]]) -> None:
        """Publish whatever is recorded, soon after it is, until cancelled."""
        listening = asyncio.create_task(self._listen(connect))
        try:
            while True:
                self._wake.clear()
                if not await self.step():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), LOOK_SECONDS)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self, connect: Callable[[], Awaitable[Transaction]]) -> None:
        async for _ in announcements(connect, CHANNEL):
            self._wake.set()

    async def step(self) -> bool:
        """Publish what there is; True when there was something and it is published."""
        try:
            done = await self._step()
        except (Stopped, UnusableFolderError) as why:
            self._say(str(why))
            return False
        except Exception as accident:  # noqa: BLE001 -- whatever it is, it is said and tried again
            self._say(f"the record is not published ({type(accident).__name__}); it is tried again")
            return False
        self._say("")
        return done

    def _say(self, trouble: str) -> None:
        if trouble and trouble != self.trouble:
            log.error("the record: %s", trouble)
        elif self.trouble and not trouble:
            log.info("the record is published again")
        self.trouble = trouble

    async def _step(self) -> bool:
        placed = await perform(self.pool, record.log.sequence, AT_ONCE)
        if isinstance(placed, Refused):
            raise Stopped(placed.detail)
        standing = await perform(self.pool, record.log.standing)
        if standing is None:
            raise Stopped("no log is open")
        published = 0 if standing.published is None else standing.published.checkpoint.size
        self.size = published
        signed_size = (await asyncio.to_thread(self.signer.last)).size
        if published == standing.size == signed_size:
            return placed > 0
        # Also when the signer knows of more than there is: it is asked, and says so.
        await self._publish(standing.log, published)
        return True

    async def _publish(self, current: Log, published: int) -> None:
        head = await perform(self.pool, record.log.head, current)
        if isinstance(head, Refused):
            raise Stopped(head.detail)
        note = await self._signed(current, head)
        read = rules.note_of(note)
        answers = await asyncio.gather(
            *(self._cosigned(current, head, note, one, published) for one in self.witnesses)
        )
        good = [answer for answer in answers if isinstance(answer, Signature)]
        if len(good) < self.quorum:
            away = "; ".join(answer for answer in answers if isinstance(answer, str))
            raise Stopped(
                f"{len(good)} of {self.quorum} witnesses have cosigned, so nothing is published"
                f" ({away or 'there are no more'})"
            )
        whole = rules.assembled(read.text, [*read.signatures, *good])
        await perform(self.pool, record.log.publish, current, head, whole, self.now())
        self.size = head.size

    async def _signed(self, current: Log, head: Checkpoint) -> str:
        last = await asyncio.to_thread(self.signer.last)
        proof: Proof = ()
        if last.size <= head.size:
            proof = await self._proof(current, last.size, head.size)
        note = await asyncio.to_thread(self.signer.sign, head, proof)
        if isinstance(note, Refused):
            raise Stopped(note.detail)
        return note

    async def _proof(self, current: Log, smaller: int, larger: int) -> Proof:
        proof = await perform(self.pool, record.log.consistency, current, smaller, larger)
        if isinstance(proof, Refused):
            raise Stopped(proof.detail)
        return proof

    async def _cosigned(
        self, current: Log, head: Checkpoint, note: str, witness: Outside, published: int
    ) -> Signature | str:
        """The cosignature of a witness, or why there is none."""
        old = published if witness.seen_size is None else witness.seen_size
        for _ in range(2):
            if old > head.size:
                return f"{witness.key.name} has seen a longer log; leaves are gone"
            proof = await self._proof(current, old, head.size)
            asked = await self._ask(witness, wire.AddCheckpoint(old, proof, note))
            if asked.cosignature is not None:
                witness.seen_size = head.size
                return asked.cosignature
            if asked.conflict_size is None:
                return asked.trouble
            if asked.conflict_size == old:
                return f"{witness.key.name} has seen another log of the same size: a split view"
            old = witness.seen_size = asked.conflict_size
        return f"{witness.key.name} does not stay with one size"

    async def _ask(self, witness: Outside, request: wire.AddCheckpoint) -> Asked:
        text = rules.note_of(request.note).text
        return await asyncio.to_thread(witness.ask, request, text)
