"""Texts that phones send: joined, told apart from their repeats, and answered after the commit."""

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, TypeAlias

from tenure.gateways.smpp.server.joining import Joining
from tenure.gateways.smpp.server.port import Hear, Heard
from tenure.gateways.smpp.translate.reading import spoken
from tenure.gateways.smpp.wire.bodies import Address, Message
from tenure.gateways.smpp.wire.names import Status, Tag
from tenure.values.instant import MINUTE_MS, Instant
from tenure.values.msisdn import Msisdn

log = logging.getLogger(__name__)

Answer: TypeAlias = Callable[[Status], None]

AT_ONCE: Final = 16
REPEAT_MS: Final = MINUTE_MS
REPEATS_MAX: Final = 10_000
NATIONAL: Final = 2
MSISDN_DIGITS: Final = range(4, 16)


class Hearing:
    """What phones say through one message centre."""

    def __init__(self, via: str, country_code: str, hear: Hear, now: Callable[[], Instant]) -> None:
        self._via, self._country_code, self._hear, self._now = via, country_code, hear, now
        self._joining: Joining[Answer] = Joining(now, lambda answer: answer(Status.ROK))
        self._recent: OrderedDict[bytes, Instant] = OrderedDict()
        self._few = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self.heard = 0

    def message(self, message: Message, answer: Answer) -> None:
        """A deliver_sm has come that is no receipt; ``answer`` is called once."""
        part = spoken(message)
        if part is None:
            log.warning("smpp %s: a text in a coding that is none was turned away", self._via)
            answer(Status.RX_R_APPN)
            return
        msisdn = self._msisdn(message.source)
        if msisdn is None:
            answer(Status.ROK)  # a name, or nothing: there is nobody to act for
            return
        whole = self._joining.add(message, part, answer)
        if whole is None:
            return
        text, answers = whole
        # Each part has a reference of its own, and parts may be sent again in another order.
        named = message.tlvs.get(Tag.USER_MESSAGE_REFERENCE, b"") if len(answers) == 1 else b""
        message_id = self._message_id(message, text, named)
        heard = Heard(msisdn, message.destination.text, text, message_id)
        task = asyncio.create_task(self._act(heard, answers))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _act(self, heard: Heard, answers: list[Answer]) -> None:
        status = Status.ROK
        async with self._few:
            try:
                await self._hear(heard)
                self.heard += 1
            except Exception:
                log.exception("smpp %s: a text could not be acted on; it is asked for again",
                              self._via)  # fmt: skip
                status = Status.RX_T_APPN
        for answer in answers:
            answer(status)

    def _msisdn(self, source: Address) -> Msisdn | None:
        """Who sent it, in E.164 digits."""
        digits = source.text.removeprefix("+")
        if source.ton == NATIONAL and self._country_code:
            digits = self._country_code + digits.removeprefix("0")
        if not (digits.isascii() and digits.isdecimal() and len(digits) in MSISDN_DIGITS):
            return None
        return Msisdn(digits)

    def _message_id(self, message: Message, text: str, named: bytes) -> str:
        """The same for what the message centre sends again, as it does when an answer got lost.

        The standard gives a deliver_sm no name but what the phone may have called it (5.3.2.17).
        What says the same, from the same phone, under the same name, within a minute, is a repeat;
        the minute in which it came first is part of the name, so that the name is the same after a
        restart, but not tomorrow.
        """
        at = self._now()
        said = f"{self._via}\0{message.source.text}\0{message.destination.text}\0{text}"
        digest = hashlib.sha256(said.encode("utf-8", "replace") + named).digest()
        while self._recent:
            oldest = next(iter(self._recent.values()))
            if at - oldest < REPEAT_MS and len(self._recent) < REPEATS_MAX:
                break
            self._recent.popitem(last=False)
        first = self._recent.setdefault(digest, at)
        name = digest + (first // REPEAT_MS).to_bytes(8)
        return hashlib.sha256(name).hexdigest()

    async def settle(self) -> None:
        """Wait for what is under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
