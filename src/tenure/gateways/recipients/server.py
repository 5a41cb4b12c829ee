"""Carries to recipients what they are told, and their receipts back; twice sent is the same once.

What is due is counted as told and committed, and leaves after that.  Whoever dies in between leaves
a message that is due again, with the same id and the same octets: a recipient that got it before
answers with the receipt that it gave before.
"""

import asyncio
import http.client
import logging
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from tenure.gateways.recipients import wire
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy import model
from tenure.promises.privacy import operations as privacy
from tenure.promises.record.model import Act
from tenure.terms.recipients import FILES
from tenure.values.instant import Instant
from tenure.values.refused import Refused

log = logging.getLogger(__name__)

AT_ONCE: Final = 100
LOOK_SECONDS: Final = 30.0
SECONDS_MAX: Final = 10.0
SALT_OCTETS: Final = 32
BY: Final = "<clock>"

Message = model.propagation.Message
Address = model.propagation.Address


class Sender(msgspec.Struct, frozen=True):
    """As whom it is told, by which key, and where files lie."""

    controller: str
    seed: bytes
    folder: Path

    def __repr__(self) -> str:
        return f"Sender({self.controller})"


class Carried(msgspec.Struct, frozen=True):
    """What came of one message."""

    message: Message
    done: bool = False
    trouble: str = ""
    """Why there is no receipt, for people; "" while it is waited for."""


class Carrier:
    """Tells recipients what is due, and keeps what they sign."""

    def __init__(
        self, pool: Pool, sender: Sender, now: Callable[[], Instant], by: str = BY
    ) -> None:
        """``by`` is who keeps the receipts that come back."""
        self._pool, self._sender, self._now, self._by = pool, sender, now, by

    async def run(self) -> None:
        """Carry until cancelled; a failure is logged, and tried again."""
        while True:
            try:
                for one in await self.carry():
                    if one.trouble:
                        to = one.message.recipient
                        log.warning("recipients: %s was told, and %s", to, one.trouble)
            except Exception:
                log.exception("recipients could not be told; it is tried again")
            await asyncio.sleep(LOOK_SECONDS)

    async def carry(self) -> list[Carried]:
        """Tell all that is due, and look for receipts in the folders; what came of each."""
        to = await perform(self._pool, privacy.propagation.addresses)
        carried: list[Carried] = []
        while True:
            sent = await perform(
                self._pool,
                privacy.propagation.sending,
                self._sender.controller,
                self._sender.seed,
                self._now(),
                AT_ONCE,
            )
            carried += await self._carry_some(sent, to)
            if len(sent) < AT_ONCE:
                return carried + await self._collected(to)

    async def _carry_some(self, sent: list[Message], to: dict[str, Address]) -> list[Carried]:
        carried: list[Carried] = []
        away: dict[str, str] = {}
        for one in sent:
            if one.recipient in away:  # nobody is asked a hundred times whether they are there
                carried.append(Carried(one, trouble=away[one.recipient]))
                continue
            answer = await asyncio.to_thread(self._leave, one, to.get(one.recipient))
            if answer.trouble:
                away[one.recipient] = answer.trouble
            carried.append(await self._kept(one, answer))
        return carried

    async def _collected(self, to: dict[str, Address]) -> list[Carried]:
        """The receipts that recipients put into their folders since; files of what is done go."""
        carried = []
        waiting = await perform(self._pool, privacy.propagation.unanswered)
        for one in waiting:
            address = to.get(one.recipient)
            if address is None or address.deliver != FILES:
                continue
            path = self._folder(one) / wire.receipt_name(one.message_id)
            receipt = await asyncio.to_thread(_octets, path)
            if receipt is not None:
                carried.append(await self._kept(one, wire.Answer(receipt=receipt)))
        done = {one.message.message_id for one in carried if one.done}
        open_ = {one.message_id for one in waiting} - done
        await asyncio.to_thread(self._sweep, set(to), open_)
        return carried

    def _sweep(self, recipients: set[str], open_: set[UUID]) -> None:
        for recipient in recipients:
            for path in (self._sender.folder / recipient).glob(f"*{wire.SUFFIX}"):
                message_id = wire.message_of(path.name)
                if message_id is not None and message_id not in open_:
                    path.unlink(missing_ok=True)

    async def _kept(self, message: Message, answer: wire.Answer) -> Carried:
        if not answer.receipt:
            return Carried(message, trouble=answer.trouble)
        act = Act(by=self._by, at=self._now(), salt=secrets.token_bytes(SALT_OCTETS))
        done = await perform(self._pool, privacy.propagation.acknowledged, answer.receipt, act)
        if isinstance(done, Refused):
            replayed = done.refusal is model.propagation.Refusal.RECEIPT_REPLAYED
            trouble = f"its receipt is refused ({done.refusal.name}): {done.detail}"
            return Carried(message, done=replayed, trouble="" if replayed else trouble)
        if done.message_id != message.message_id:
            return Carried(message, trouble="it answered another message")
        return Carried(done, done=True)

    def _leave(self, message: Message, address: Address | None) -> wire.Answer:
        """Hand it over; it never raises.  To be called in a thread."""
        if address is None:
            return wire.Answer(trouble="it is not known where; run: tenure migrate --operator")
        if address.deliver == FILES:
            return self._drop(message)
        try:
            return wire.answer(*_post(address.deliver, message))
        except (OSError, http.client.HTTPException) as error:
            return wire.Answer(trouble=f"is away ({type(error).__name__})")

    def _folder(self, message: Message) -> Path:
        return self._sender.folder / message.recipient

    def _drop(self, message: Message) -> wire.Answer:
        """The file is there whole or not at all; what is there is the same octets."""
        folder = self._folder(message)
        path = folder / wire.message_name(message.message_id)
        part = path.with_name(f".{path.name}")
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with part.open("wb") as file:
                file.write(message.signed.encode())
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            return wire.Answer(trouble=f"{path} cannot be written: {error.strerror}")
        return wire.Answer()


def _octets(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(wire.ANSWER_OCTETS_MAX + 1)
    except OSError:
        return None


def _post(url: str, message: Message) -> tuple[int, bytes]:
    where = urlsplit(url)
    secure = where.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(where.hostname or "", where.port, timeout=SECONDS_MAX)
    try:
        connection.request(
            "POST", where.path or "/", message.signed.encode(), wire.headers(message.message_id)
        )
        response = connection.getresponse()
        return response.status, response.read(wire.ANSWER_OCTETS_MAX + 1)
    finally:
        connection.close()
