"""One bind to one message centre: connected, bound, fed, left, and made again."""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import msgspec

from tenure.gateways.smpp.server.conversation import Conversation, client_tls, elapsed_ms
from tenure.gateways.smpp.server.hearing import Hearing
from tenure.gateways.smpp.server.port import Outgoing, Reported, Source
from tenure.gateways.smpp.server.reports import Reports
from tenure.gateways.smpp.server.settings import COMMAND_OF, Smsc
from tenure.gateways.smpp.session.session import (
    Answered,
    Asked,
    Bound,
    Ended,
    Noticed,
    Outcome,
    Send,
    Session,
    TurnedAway,
)
from tenure.gateways.smpp.session.table import SENDING, Side
from tenure.gateways.smpp.translate.outbox import (
    Event,
    Handed,
    Outbox,
    Refused,
    Returned,
    Token,
)
from tenure.gateways.smpp.translate.receipts import OUTCOMES, Expected, Part, spellings
from tenure.gateways.smpp.translate.sending import REFERENCES, messages_of, status_name
from tenure.gateways.smpp.wire.bodies import Bind, Message
from tenure.gateways.smpp.wire.names import Command, Status
from tenure.gateways.smpp.wire.pdu import Header
from tenure.gateways.smpp.wire.receipt import is_receipt, receipt_of
from tenure.gateways.smpp.wire.writing import message_answer_body
from tenure.values.instant import Instant

log = logging.getLogger(__name__)

CONNECT_SECONDS: Final = 10.0
AGAIN_SECONDS, AGAIN_SECONDS_MAX = 1.0, 60.0
TURNED_AWAY_SECONDS, TURNED_AWAY_SECONDS_MAX = 60.0, 3_600.0
"""A message centre that does not know us is asked seldom: who hammers is locked out."""
STEADY_SECONDS: Final = 60.0
TICK_SECONDS: Final = 0.05
LOOK_SECONDS: Final = 0.25
"""How often it looks for texts when there were none."""
LEAVE_SECONDS: Final = 5.0
BATCHES: Final = 4
"""How many windows of texts are taken at once, and how many may wait in memory."""
BEHIND_MAX: Final = 2_000
NOTED_MAX: Final = 100
NOT_NOW: Final = frozenset({Status.RSYSERR, Status.RTHROTTLED, Status.RMSGQFUL, Status.RALYBND})


class Tally(msgspec.Struct):
    """What happened since the start."""

    bound: bool = False
    binds: int = 0
    submitted: int = 0
    handed: int = 0
    refused: int = 0
    throttled: int = 0
    receipts: int = 0
    heard: int = 0
    trouble: str = ""
    """Why it is not bound; "" when it is."""


class Ties(msgspec.Struct, frozen=True):
    """What a link is tied to."""

    source: Source
    reports: Reports
    expected: Expected
    hearing: Hearing
    chosen: Callable[["Link"], bool]
    """Whether it is this link's turn to send."""
    now: Callable[[], Instant]


class Link:
    """A bind that is made again whenever it is lost."""

    def __init__(self, smsc: Smsc, password: str, ties: Ties) -> None:
        self.smsc, self.tally = smsc, Tally()
        self._password, self._ties = password, ties
        self._conversation: Conversation[Token] | None = None
        self._outbox = Outbox(smsc.window, smsc.per_second)
        self._reference = 0
        self._wake = asyncio.Event()
        self._status = 0
        self._leaving = False
        self._noted: dict[str, float] = {}

    def __repr__(self) -> str:
        return f"Link({self.smsc.name})"

    @property
    def can_send(self) -> bool:
        """Whether it is bound for sending."""
        conversation = self._conversation
        return conversation is not None and conversation.session.state in SENDING

    async def run(self) -> None:
        """Be bound, until cancelled; then everything is answered or given back, and we unbind."""
        pause, away = AGAIN_SECONDS, TURNED_AWAY_SECONDS
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            self._status = 0
            await self._once()
            if self._status and self._status not in NOT_NOW:
                seconds, away = away, min(2 * away, TURNED_AWAY_SECONDS_MAX)
                self._trouble(
                    f"the message centre does not let us in: {status_name(self._status)}; look at"
                    f" system_id and password_file; the next attempt is in {seconds:.0f} s"
                )
            else:
                if self.tally.bound or loop.time() - began >= STEADY_SECONDS:
                    pause, away = AGAIN_SECONDS, TURNED_AWAY_SECONDS
                seconds, pause = pause, min(2 * pause, AGAIN_SECONDS_MAX)
            self.tally.bound = False
            await asyncio.sleep(seconds)

    async def _once(self) -> None:
        """One session, from connecting to its end."""
        smsc = self.smsc
        session: Session[Token] = Session(Side.ESME, smsc.timers, elapsed_ms())
        conversation = Conversation(session, self._handle)
        try:
            context = client_tls(smsc.tls) if smsc.tls else None
            async with asyncio.timeout(CONNECT_SECONDS):
                await asyncio.get_running_loop().create_connection(
                    lambda: conversation, smsc.host, smsc.port, ssl=context
                )
        except (OSError, TimeoutError, ssl.SSLError) as error:
            self._trouble(f"the message centre cannot be reached: {type(error).__name__}")
            return
        self._conversation = conversation
        asked = Bind(smsc.system_id, self._password, smsc.system_type,
                     address_range=smsc.address_range)  # fmt: skip
        conversation.send(session.bind(COMMAND_OF[smsc.bind], asked, elapsed_ms()))
        ticking = asyncio.create_task(self._tick(conversation))
        feeding = asyncio.create_task(self._feed(conversation))
        try:
            await conversation.gone.wait()
        except asyncio.CancelledError:
            self._leaving = True
            self._wake.set()
            await asyncio.wait({feeding}, timeout=LEAVE_SECONDS)
            await self._leave(conversation)
            raise
        finally:
            self._wake.set()
            # What it is taking is on disk as ours: it is given back, not forgotten.
            await asyncio.wait({feeding}, timeout=LEAVE_SECONDS)
            ticking.cancel()
            feeding.cancel()
            await asyncio.gather(ticking, feeding, return_exceptions=True)
            self._conversation = None

    async def _leave(self, conversation: Conversation[Token]) -> None:
        """Wait for what was asked, give back what was not, and take our leave."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                while conversation.session.is_bound and conversation.session.outstanding:  # noqa: ASYNC110 -- leaving need not be noticed at once
                    await asyncio.sleep(TICK_SECONDS)
                await self._ties.hearing.settle()
                conversation.unbind()
                await conversation.gone.wait()
        conversation.abort()

    async def _tick(self, conversation: Conversation[Token]) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            conversation.tick()
            self._write()

    async def _feed(self, conversation: Conversation[Token]) -> None:
        """Take texts as long as there is room for them and it is our turn."""
        while not conversation.session.is_over and not self._leaving:
            if not self._hungry():
                await self._awake()
                continue
            try:
                found = await self._ties.source.take(
                    self.smsc.via, BATCHES * self.smsc.window, receipts=self.smsc.receipts
                )
            except Exception:
                log.exception("smpp %s: no texts could be taken; it is tried again", self.smsc.name)
                found = ()
            self._take(conversation, found)
            if not found:
                await self._awake()

    async def _awake(self) -> None:
        """Wait until something has changed, but not long: texts come without a bell."""
        self._wake.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._wake.wait()

    def _hungry(self) -> bool:
        return (
            self.can_send
            and not self._leaving
            and self._outbox.waiting < BATCHES * self.smsc.window
            and self._ties.reports.behind < BEHIND_MAX
            and self._ties.chosen(self)
        )

    def _take(self, conversation: Conversation[Token], found: Sequence[Outgoing]) -> None:
        if not self.can_send or self._leaving or self._conversation is not conversation:
            self._ties.reports.returned([one.delivery_id for one in found])
            return
        at = Instant(elapsed_ms())
        for one in found:
            messages = messages_of(one.to, one.text, self.smsc.manner, self._reference)
            if messages is None:
                self._event(Refused(one.delivery_id, "too long", permanent=True))
                continue
            self._reference = (self._reference + len(messages)) % REFERENCES
            self._outbox.add(one.delivery_id, messages, at)
        self._write()

    def _write(self) -> None:
        """Submit what may go now."""
        conversation = self._conversation
        if conversation is None or self._leaving or not conversation.session.is_bound:
            return
        at = Instant(elapsed_ms())
        before = self._outbox.waiting
        for token, body in self._outbox.due(at):
            conversation.send(conversation.session.ask(Command.SUBMIT_SM, body, token, at))
            self.tally.submitted += 1
        if before and self._outbox.waiting < BATCHES * self.smsc.window // 2:
            self._wake.set()

    def _handle(self, outcome: Outcome[Token]) -> None:
        match outcome:
            case Send():
                raise AssertionError("the conversation sends")
            case Answered(token=token, status=status, message_id=message_id):
                at = Instant(elapsed_ms())
                self._event(self._outbox.answered(token, status, message_id, at))
                self._write()
            case Asked(header=header, body=body):
                assert isinstance(body, Message), "the table lets nothing else come"
                self._asked(header, body)
            case Bound():
                self._bound()
            case TurnedAway(status=status):
                self._status = status
            case Noticed(words=words):
                self._notice(words)
            case Ended(why=why, unanswered=unanswered):
                self._ended(why, unanswered)

    def _bound(self) -> None:
        self.tally.bound, self.tally.trouble = True, ""
        self.tally.binds += 1
        log.info("smpp %s: bound", self.smsc.name)
        self._wake.set()

    def _ended(self, why: str, unanswered: tuple[Token, ...]) -> None:
        if not self._leaving and not self._status:
            self._trouble(f"the session ended: {why}")
        if unanswered:
            # The promise of notices decides who is told again: nobody knows what went.
            log.warning("smpp %s: %d messages were not answered", self.smsc.name, len(unanswered))
        self._give_back(unanswered)

    def _give_back(self, unanswered: Sequence[Token]) -> None:
        back = self._outbox.ended(unanswered)
        self._ties.reports.returned([one.delivery_id for one in back])

    def _event(self, event: Event | None) -> None:
        tally, reports = self.tally, self._ties.reports
        tally.throttled = self._outbox.throttled
        match event:
            case Handed():
                tally.handed += 1
                reports.taken(event.delivery_id, self._expect(event))
            case Refused():
                tally.refused += 1
                reports.refused(event)
            case Returned():
                reports.returned([event.delivery_id])
            case None:
                pass

    def _expect(self, handed: Handed) -> str:
        """Wait for the receipts of a delivery; the reference under which it is kept."""
        expected, parts = self._ties.expected, handed.parts
        last = parts[-1].message_id
        nothing = expected.tells_nothing(last)
        kept_as = f"delivery.{handed.delivery_id}" if nothing else last
        if self.smsc.receipts:
            at = self._ties.now()
            for part in parts:
                expected.submitted(
                    Part(
                        handed.delivery_id,
                        part.number,
                        len(parts),
                        handed.to,
                        part.reference,
                        part.message_id,
                        kept_as,
                        at,
                    )
                )
        return kept_as

    def _asked(self, header: Header, message: Message) -> None:
        conversation = self._conversation
        assert conversation is not None
        answer = partial(self._answer, conversation, header)
        if is_receipt(message):
            self._receipt(message, answer)
        else:
            self._ties.hearing.message(message, answer)

    def _receipt(self, message: Message, answer: Callable[[Status], None]) -> None:
        """A receipt is answered once it is on record; what is not the end of it, at once."""
        self.tally.receipts += 1
        receipt, about = receipt_of(message), message.source.text.removeprefix("+")
        expected, outcome = self._ties.expected, OUTCOMES[receipt.state]
        told = expected.told(receipt, about)
        outcome = outcome if told is None else told.outcome
        if outcome is None:
            answer(Status.ROK)
            return
        references, to = spellings(receipt.message_id), ""
        if told is not None:
            references = (told.kept_as,)
        elif expected.is_useless(receipt.message_id):
            references, to = (), about
        reported = Reported(self.smsc.via, references, outcome, self._ties.now(), receipt.error, to)
        self._ties.reports.reported(
            reported, lambda kept: answer(Status.ROK if kept else Status.RX_T_APPN)
        )

    def _answer(self, conversation: Conversation[Token], header: Header, status: Status) -> None:
        body = b"" if status else message_answer_body("")
        conversation.send(conversation.session.answer(header, status, body))

    def _notice(self, words: str) -> None:
        """Log it, but the same only once a minute."""
        at = asyncio.get_running_loop().time()
        if at - self._noted.get(words, -STEADY_SECONDS) >= STEADY_SECONDS:
            if len(self._noted) >= NOTED_MAX:
                self._noted.clear()
            self._noted[words] = at
            log.warning("smpp %s: %s", self.smsc.name, words)

    def _trouble(self, words: str) -> None:
        if words != self.tally.trouble:
            log.error("smpp %s: %s", self.smsc.name, words)
        self.tally.trouble = words
