"""Content providers for tests: one that takes offers, and one that binds to us."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec

from tenure.gateways.smpp.server import passwords
from tenure.gateways.smpp.server.conversation import Conversation, elapsed_ms
from tenure.gateways.smpp.server.port import Fate, Offered, Standing, Turned
from tenure.gateways.smpp.server.serving import Server
from tenure.gateways.smpp.server.settings import Kinds, Listen, Provider
from tenure.gateways.smpp.session.session import (
    Answered,
    Asked,
    Bound,
    Ended,
    Outcome,
    Session,
    Timers,
    TurnedAway,
)
from tenure.gateways.smpp.session.table import Side
from tenure.gateways.smpp.translate.receipts import Outcome as End
from tenure.gateways.smpp.wire.bodies import Address, Bind, Message
from tenure.gateways.smpp.wire.names import Command, Status
from tenure.gateways.smpp.wire.writing import message_answer_body, message_body
from tenure.values.instant import Instant
from tests.gateways.smpp.centre import until

NOW = Instant(1_795_330_000_000)
HASH = passwords.hashed("secret", bytes(16))
ACCOUNT = Provider(
    system_id="news", password_hash=HASH, kind=Kinds.MARKETING, purpose="offers",
    senders=("8888", "NEWS"), networks=("127.0.0.0/8",), per_second=1_000,
)  # fmt: skip
KNOWN = Bind("news", "secret")


class Desk:
    """Takes what is offered, and knows what becomes of it."""

    def __init__(self) -> None:
        self.offered: list[tuple[Offered, Standing]] = []
        self.turned: Turned | None = None
        self.broken = False
        self.ends: list[Fate] = []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def offer(self, offered: Offered, account: Standing) -> str | Turned:
        """Take it, unless a test says otherwise."""
        await self.may_go_on.wait()
        if self.broken:
            raise ConnectionError
        self.offered.append((offered, account))
        return self.turned or str(1_000 + len(self.offered))

    async def fates(self, message_ids: Sequence[str]) -> Sequence[Fate]:
        """What a test says."""
        return [one for one in self.ends if one.message_id in message_ids]

    def end(self, message_id: str, end: End) -> None:
        """A message has come to an end."""
        self.ends.append(Fate(message_id, end, NOW))


class Caller:
    """A provider's own program."""

    def __init__(self) -> None:
        session: Session[str] = Session(Side.ESME, Timers(), elapsed_ms())
        self.conversation: Conversation[str] = Conversation(session, self._handle)
        self.bound = False
        self.status: int | None = None
        self.answers: dict[str, tuple[int, str]] = {}
        self.delivered: list[Message] = []
        self.ended = ""

    def _handle(self, outcome: Outcome[str]) -> None:
        match outcome:
            case Bound():
                self.bound = True
            case TurnedAway(status=status):
                self.status = status
            case Answered(token=token, status=status, message_id=message_id):
                self.answers[token] = (status, message_id)
            case Asked(header=header, body=Message() as message):
                self.delivered.append(message)
                body = message_answer_body("")
                self.conversation.send(self.conversation.session.answer(header, Status.ROK, body))
            case Ended(why=why):
                self.ended = why
            case _:
                pass

    async def bind(
        self, port: int, asked: Bind = KNOWN, kind: Command = Command.BIND_TRANSCEIVER
    ) -> "Caller":
        """Connect and ask to be let in; returns with the answer."""
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self.conversation, "127.0.0.1", port)
        self.conversation.send(self.conversation.session.bind(kind, asked, elapsed_ms()))
        await until(lambda: self.bound or self.status is not None or self.ended)
        return self

    def submit(self, name: str, message: Message, command: Command = Command.SUBMIT_SM) -> None:
        """Submit a message, which has a name in the test."""
        session = self.conversation.session
        self.conversation.send(session.ask(command, message_body(message), name, elapsed_ms()))

    async def answered(self, name: str) -> tuple[int, str]:
        """The status and id that a message got."""
        await until(lambda: name in self.answers)
        return self.answers[name]


def text(octets: bytes = b"sale today", **more: object) -> Message:
    """A text to a phone; its fields by their names."""
    usual = Message(Address("8888"), Address("85512345678"), octets)
    return msgspec.structs.replace(usual, **more)


@asynccontextmanager
async def serving(desk: Desk, *accounts: Provider) -> AsyncIterator[Server]:
    """Our side, until the end of the block."""
    listen = Listen(port=0, begin_seconds=1)
    found = Server(listen, accounts or (ACCOUNT,), desk, lambda: NOW)
    await found.start()
    try:
        yield found
    finally:
        await found.stop()
