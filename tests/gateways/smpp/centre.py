"""A message centre on loopback that does what a test tells it to, also what it should not."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tenure.gateways.smpp.server.conversation import Conversation, elapsed_ms
from tenure.gateways.smpp.server.settings import Smsc
from tenure.gateways.smpp.session.session import Answered, Asked, Ended, Outcome, Session, Timers
from tenure.gateways.smpp.session.table import RECEIVING, Side
from tenure.gateways.smpp.wire.bodies import Address, Bind, Message
from tenure.gateways.smpp.wire.names import Command, Esm, Status
from tenure.gateways.smpp.wire.pdu import Header
from tenure.gateways.smpp.wire.writing import message_answer_body, message_body

Submit = Callable[["Centre", Header, Message], None]


def taken(centre: "Centre", header: Header, message: Message) -> None:
    """Take every message, each with an id of its own."""
    del message
    centre.answer(header, f"id{len(centre.submitted)}")


class Centre:
    """Lets in who has the password; ``submit`` decides about messages."""

    def __init__(self, submit: Submit = taken) -> None:
        self.submit, self.password = submit, "secret"
        self.port = 0
        self.binds: list[str] = []
        self.submitted: list[Message] = []
        self.answers: list[tuple[int, int]] = []
        """What was answered to what we delivered: the token, and the status."""
        self.conversations: list[Conversation[int]] = []
        self._server: asyncio.Server | None = None
        self._token = 0
        self._latest: Conversation[int] | None = None

    async def start(self, port: int = 0) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._visited, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more, and cut all wires."""
        if self._server is not None:
            self._server.close()
        for conversation in list(self.conversations):
            conversation.abort()
        await asyncio.sleep(0)

    def _visited(self) -> Conversation[int]:
        session: Session[int] = Session(Side.SMSC, Timers(), elapsed_ms())
        conversation: Conversation[int] = Conversation(
            session, lambda outcome: self._handle(conversation, outcome)
        )
        self.conversations.append(conversation)
        return conversation

    def _handle(self, conversation: Conversation[int], outcome: Outcome[int]) -> None:
        session = conversation.session
        match outcome:
            case Asked(header=header, body=Bind() as bind):
                self.binds.append(bind.system_id)
                if bind.password == self.password:
                    conversation.send(session.let_in(header, b"CENTRE\0"))
                else:
                    conversation.send(session.turn_away(header, Status.RINVPASWD))
                    conversation.close()
            case Asked(header=header, body=Message() as message):
                self.submitted.append(message)
                self._latest = conversation
                self.submit(self, header, message)
            case Answered(token=token, status=status):
                self.answers.append((token, status))
            case Ended():
                self.conversations.remove(conversation)
            case _:
                pass

    def has_answered(self, count: int) -> bool:
        """Whether so many answers have come to what we delivered."""
        return len(self.answers) == count

    def answer(self, header: Header, message_id: str = "", status: int = 0) -> None:
        """Answer a submit_sm."""
        assert self._latest is not None
        body = b"" if status else message_answer_body(message_id)
        self._latest.send(self._latest.session.answer(header, status, body))

    def cut(self) -> None:
        """Close the wire."""
        for conversation in list(self.conversations):
            conversation.abort()

    def deliver(self, message: Message) -> int:
        """Deliver something to whoever receives; the token of its answer."""
        self._token += 1
        [receiving, *_] = [one for one in self.conversations if one.session.state in RECEIVING]
        ask = receiving.session.ask(
            Command.DELIVER_SM, message_body(message), self._token, elapsed_ms()
        )
        receiving.send(ask)
        return self._token

    def report(self, message: Message, message_id: str, stat: str = "DELIVRD") -> int:
        """Deliver the receipt of a message."""
        text = f"id:{message_id} sub:001 dlvrd:001 submit date:2611220743 done date:2611220744"
        return self.deliver(
            Message(
                message.destination,
                message.source,
                f"{text} stat:{stat} err:000 text:".encode(),
                esm_class=Esm.RECEIPT,
            )
        )


def sent_by(phone: str, text: str, code: str = "888") -> Message:
    """A text of a phone."""
    return Message(Address(phone), Address(code), text.encode("utf-16-be"), 8)


def smsc(centre: Centre, folder: Path, name: str = "main", **more: object) -> Smsc:
    """The settings for a centre."""
    password = folder / f"{name}.password"
    password.write_text("secret\n")
    password.chmod(0o600)
    settings = {"system_id": "tenure", "password_file": password, "sender": "888"} | more
    return Smsc(name=name, host="127.0.0.1", port=centre.port, **settings)  # type: ignore[arg-type]


@asynccontextmanager
async def centre(submit: Submit = taken) -> AsyncIterator[Centre]:
    """A centre until the end of the block."""
    found = Centre(submit)
    await found.start()
    try:
        yield found
    finally:
        await found.stop()


async def until(holds: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 -- a test looks from outside
            await asyncio.sleep(0.005)
