"""A message centre with phones behind it: texts arrive, and what phones send is passed on."""

import asyncio
import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from tenure.commands.demo.handset.drawer import Drawer
from tenure.gateways.smpp.server.conversation import Conversation, elapsed_ms
from tenure.gateways.smpp.session.session import Asked, Ended, Outcome, Session, Timers
from tenure.gateways.smpp.session.table import RECEIVING, Side
from tenure.gateways.smpp.translate.providing import Awaited, number_of, receipt_for, wants
from tenure.gateways.smpp.translate.reading import Assemblies, spoken
from tenure.gateways.smpp.translate.receipts import Outcome as Fate
from tenure.gateways.smpp.translate.sending import sender_of
from tenure.gateways.smpp.wire.bodies import Address, Bind, BindAnswer, Message
from tenure.gateways.smpp.wire.names import INTERFACE_VERSION, Command, Esm, Status, Tag
from tenure.gateways.smpp.wire.parts import parts_of
from tenure.gateways.smpp.wire.pdu import Header
from tenure.gateways.smpp.wire.receipt import TIME
from tenure.gateways.smpp.wire.writing import (
    bind_answer_body,
    message_answer_body,
    message_body,
    number_tlv,
)
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn

TICK_SECONDS: Final = 0.5
REFERENCES: Final = 65_536
Named = Callable[[], int]


class Centre:
    """Listens for whoever has the password; every phone is on, and everything arrives."""

    def __init__(
        self, drawer: Drawer, system_id: str, password: str, now: Callable[[], Instant]
    ) -> None:
        self.drawer, self.now = drawer, now
        self.system_id, self._password = system_id, password
        self.assemblies = Assemblies()
        self._bound: set[Bound] = set()
        self._count = 0
        self._server: asyncio.Server | None = None
        self._ticking: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; the port.  OSError when it is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Bound(self).conversation, host, port)
        self._ticking = asyncio.create_task(self._tick())
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close everything."""
        if self._ticking is not None:
            self._ticking.cancel()
        if self._server is not None:
            self._server.close()
        for one in list(self._bound):
            one.conversation.unbind()

    def admits(self, bind: Bind) -> bool:
        """Whether it is who may bind."""
        right = hmac.compare_digest(bind.password.encode(), self._password.encode())
        return right and bind.system_id == self.system_id

    def named(self) -> int:
        """The number of a message."""
        self._count += 1
        return self._count

    def come(self, one: "Bound") -> None:
        """Somebody connected."""
        self._bound.add(one)

    def gone(self, one: "Bound") -> None:
        """Somebody left."""
        self._bound.discard(one)

    def send(self, msisdn: Msisdn, short_code: str, text: str) -> bool:
        """Pass on what a phone sends; False when nobody is bound who takes it."""
        for one in self._bound:
            if one.can_receive:
                one.deliver(msisdn, short_code, text)
                self.drawer.keep(msisdn, short_code, text, self.now(), sent=True)
                return True
        return False

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            for one in list(self._bound):
                one.conversation.tick()


class Bound:
    """One connection of whoever sends through us."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        session: Session[int] = Session(Side.SMSC, Timers(), elapsed_ms())
        self.conversation: Conversation[int] = Conversation(session, self._handle)
        centre.come(self)

    @property
    def can_receive(self) -> bool:
        """Whether texts of phones may be passed on."""
        return self.conversation.session.state in RECEIVING

    def deliver(self, msisdn: Msisdn, short_code: str, text: str) -> None:
        """A phone's text, in as many parts as it needs."""
        named = self._centre.named()
        parts = parts_of(text, named)
        if parts is None:
            return
        for content in parts.contents:
            # Whoever writes the same word twice has said it twice: phones count what they send.
            reference = self._centre.named() % REFERENCES
            message = Message(
                source=Address(msisdn),
                destination=sender_of(short_code),
                short_message=content,
                data_coding=parts.coding,
                esm_class=Esm.UDHI if len(parts.contents) > 1 else 0,
                tlvs=number_tlv(Tag.USER_MESSAGE_REFERENCE, reference),
            )
            self._ask(message)

    def _ask(self, message: Message) -> None:
        session, body = self.conversation.session, message_body(message)
        token = self._centre.named()
        self.conversation.send(session.ask(Command.DELIVER_SM, body, token, elapsed_ms()))

    def _handle(self, outcome: Outcome[int]) -> None:
        if isinstance(outcome, Ended):
            self._centre.gone(self)
        elif isinstance(outcome, Asked) and isinstance(outcome.body, Bind):
            self._let_in(outcome.header, outcome.body)
        elif isinstance(outcome, Asked) and isinstance(outcome.body, Message):
            self._submitted(outcome.header, outcome.body)
        elif isinstance(outcome, Asked):
            octets = self.conversation.session.answer(outcome.header, Status.RINVCMDID)
            self.conversation.send(octets)

    def _let_in(self, header: Header, bind: Bind) -> None:
        session = self.conversation.session
        if not self._centre.admits(bind):
            self.conversation.send(session.turn_away(header, Status.RINVPASWD))
            self.conversation.close()
            self._centre.gone(self)
            return
        version = number_tlv(Tag.SC_INTERFACE_VERSION, INTERFACE_VERSION)
        body = bind_answer_body(BindAnswer("HANDSET", version))
        self.conversation.send(session.let_in(header, body))

    def _submitted(self, header: Header, message: Message) -> None:
        session, at = self.conversation.session, self._centre.now()
        msisdn, part = number_of(message.destination), spoken(message)
        if msisdn is None or part is None:
            self.conversation.send(session.answer(header, Status.RINVDSTADR))
            return
        message_id = f"h{self._centre.named():08d}"
        whole = self._centre.assemblies.add(message, part, at)
        if whole is not None:
            self._centre.drawer.keep(msisdn, message.source.text, whole, at, sent=False)
        answer = message_answer_body(message_id)
        self.conversation.send(session.answer(header, Status.ROK, answer))
        wanted = wants(message)
        if wanted and self.can_receive:
            written = datetime.fromtimestamp(at / 1_000, UTC).strftime(TIME)
            awaited = Awaited(message_id, message.source, message.destination, wanted, written)
            receipt = receipt_for(awaited, Fate.DELIVERED, written)
            if receipt is not None:
                self._ask(receipt)
