"""One connection of a content provider: let in, heard, answered after the commit, reported to."""

import asyncio
import hashlib
import logging
from collections.abc import Coroutine
from typing import Final, TypeAlias

from tenure.gateways.smpp.server import passwords
from tenure.gateways.smpp.server.account import Account, House
from tenure.gateways.smpp.server.conversation import Conversation, elapsed_ms
from tenure.gateways.smpp.server.joining import Joining
from tenure.gateways.smpp.server.port import Fate, Offered, Turned
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
from tenure.gateways.smpp.session.table import RECEIVING, Side
from tenure.gateways.smpp.translate.providing import (
    NOT_SERVED,
    STATUS_OF,
    Awaited,
    Refusal,
    id_of,
    number_of,
    receipt_for,
    refusal_of,
    wants,
)
from tenure.gateways.smpp.translate.reading import Spoken, spoken
from tenure.gateways.smpp.wire.bodies import Address, Bind, BindAnswer, Message
from tenure.gateways.smpp.wire.names import INTERFACE_VERSION, Command, Status, Tag
from tenure.gateways.smpp.wire.pdu import Header
from tenure.gateways.smpp.wire.receipt import TIME
from tenure.gateways.smpp.wire.writing import (
    bind_answer_body,
    message_answer_body,
    message_body,
    number_tlv,
)
from tenure.values.instant import moment_of

log = logging.getLogger(__name__)

WRONG_SECONDS: Final = 1.0
"""A wrong password is answered late: who guesses gets nowhere."""
PROVING_MAX: Final = 8
"""More that wait to be let in are asked to come again: a password costs us time on purpose."""
WHY: Final = {
    Turned.NO_SUCH_NUMBER: Refusal.NUMBER,
    Turned.TOO_LONG: Refusal.TOO_LONG,
    Turned.NOT_NOW: Refusal.NOT_NOW,
}
NOTED_MAX: Final = 100

_Submitted: TypeAlias = tuple[Header, Message, Spoken]


class Guest:
    """A provider's connection."""

    def __init__(self, house: House) -> None:
        self.account: Account | None = None
        self._house = house
        session: Session[str] = Session(Side.SMSC, house.listen.timers, elapsed_ms())
        self.conversation: Conversation[str] = Conversation(session, self._handle)
        self._tasks: set[asyncio.Task[None]] = set()
        self._joining: Joining[_Submitted] = Joining(house.now, self._taken_alone)
        self._noted: set[str] = set()
        if len(house.guests) < house.listen.connections_max:
            house.guests.add(self)
        else:
            self.conversation.is_welcome = False
            log.warning("smpp: a connection is refused: %d are open", len(house.guests))

    @property
    def can_receive(self) -> bool:
        """Whether receipts may be sent to it now."""
        session = self.conversation.session
        return session.state in RECEIVING and session.outstanding < self._window

    @property
    def _window(self) -> int:
        assert self.account is not None
        return self.account.provider.window

    async def settle(self) -> None:
        """Wait for what is being recorded."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _handle(self, outcome: Outcome[str]) -> None:
        match outcome:
            case Asked(header=header, body=body):
                self._asked(header, body)
            case Answered():
                self._house.counts["receipts"] += 1
            case Noticed(words=words):
                self._notice(words)
            case Ended(why=why):
                self._house.guests.discard(self)
                self._forget_parts()
                log.info("smpp: provider %s: %s", self._who, why)
            case Send() | Bound() | TurnedAway():
                raise AssertionError("not of this side")

    @property
    def _who(self) -> str:
        if self.account is None:
            return f"at {self.conversation.address}"
        return self.account.provider.system_id

    def _notice(self, words: str) -> None:
        """Log it, but the same only once a connection."""
        if words not in self._noted and len(self._noted) < NOTED_MAX:
            self._noted.add(words)
            log.warning("smpp: provider %s: %s", self._who, words)

    def _asked(self, header: Header, body: object) -> None:
        if isinstance(body, Bind):
            self._do(self._let_in(header, body))
        elif isinstance(body, Message):
            self._submitted(header, body)
        else:
            status = NOT_SERVED[Command(header.command)]
            self._house.counts[status.name] += 1
            self.conversation.send(self.conversation.session.answer(header, status))

    def _do(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _let_in(self, header: Header, bind: Bind) -> None:
        status = await self._admitted(bind)
        session, conversation = self.conversation.session, self.conversation
        if session.is_over:
            return
        if status is not Status.ROK:
            self._house.counts["turned away"] += 1
            log.warning("smpp: a provider at %s is not let in: ESME_%s", conversation.address,
                        status.name)  # fmt: skip
            self.account = None
            conversation.send(session.turn_away(header, status))
            conversation.close()
            self._house.guests.discard(self)
            return
        version = number_tlv(Tag.SC_INTERFACE_VERSION, INTERFACE_VERSION)
        answer = BindAnswer(self._house.listen.system_id, version)
        conversation.send(session.let_in(header, bind_answer_body(answer)))
        log.info("smpp: provider %s is bound from %s", self._who, conversation.address)

    async def _admitted(self, bind: Bind) -> Status:
        """Whether a provider may come in; who is unknown waits as long as who has it wrong."""
        house = self._house
        if house.proving >= PROVING_MAX:
            return Status.RSYSERR
        account = house.accounts.get(bind.system_id)
        if account is None or not account.provider.admits(self.conversation.address):
            await asyncio.sleep(WRONG_SECONDS)
            return Status.RINVPASWD if account is None else Status.RBINDFAIL
        house.proving += 1
        try:
            right = await asyncio.to_thread(passwords.fits, bind.password, account.provider.kept)
            if not right:
                await asyncio.sleep(WRONG_SECONDS)
                return Status.RINVPASWD
        finally:
            house.proving -= 1
        open_now = sum(1 for one in house.guests if one.account is account)
        if open_now >= account.provider.sessions_max:
            return Status.RALYBND
        self.account = account
        return Status.ROK

    def _submitted(self, header: Header, message: Message) -> None:
        account = self.account
        assert account is not None, "the table lets only those in come so far"
        refused = account.pace.refused(elapsed_ms())
        refused = refused or refusal_of(message, account.provider.senders)
        part = None if refused else spoken(message)
        if refused is None and part is None:
            refused = Refusal.CODING
        if refused is not None or part is None:
            self._refuse(header, refused or Refusal.CODING)
            return
        account.pace.outstanding += 1
        whole = self._joining.add(message, part, (header, message, part))
        if whole is not None:
            self._do(self._offer(account, *whole))

    async def _offer(self, account: Account, text: str, submitted: list[_Submitted]) -> None:
        """Have a whole text taken, and answer all its parts."""
        message = submitted[0][1]
        msisdn = number_of(message.destination)
        assert msisdn is not None, "it was looked at"
        offered = Offered(account.provider.system_id, msisdn, text)
        digest = _digest(offered, message)
        found = account.unheard.pop(digest, None) or await self._offered(offered, account)
        account.pace.outstanding -= len(submitted)
        if isinstance(found, Turned):
            for header, _, _ in submitted:
                self._refuse(header, WHY[found])
            return
        named = [
            (header, one, id_of(found, part, len(submitted))) for header, one, part in submitted
        ]
        account.await_end(found, self._awaited(account, named))
        if self.conversation.session.is_over:
            account.not_heard(digest, found)
        for header, _, message_id in named:
            self._taken(header, message_id)

    def _awaited(self, account: Account, named: list[tuple[Header, Message, str]]) -> list[Awaited]:
        """The parts of which the provider wants to hear."""
        usual, at = Address(account.provider.senders[0]), self._written_now()
        return [
            Awaited(
                message_id,
                message.source if message.source.text else usual,
                message.destination,
                wants(message),
                at,
            )
            for _, message, message_id in named
            if wants(message)
        ]

    async def _offered(self, offered: Offered, account: Account) -> str | Turned:
        try:
            return await self._house.provision.offer(offered, account.standing)
        except Exception:
            log.exception("smpp: a text of provider %s could not be taken", self._who)
            return Turned.NOT_NOW

    def _forget_parts(self) -> None:
        waited = self._joining.close()
        if self.account is not None:
            self.account.pace.outstanding -= len(waited)

    def _taken(self, header: Header, message_id: str) -> None:
        self._house.counts["taken"] += 1
        session = self.conversation.session
        body = message_answer_body(message_id)
        self.conversation.send(session.answer(header, Status.ROK, body))

    def _taken_alone(self, submitted: _Submitted) -> None:
        """A part whose others do not come as long as it is unanswered; its id tells nothing."""
        assert self.account is not None
        self.account.pace.outstanding -= 1
        self._taken(submitted[0], f"part-{submitted[0].sequence}")

    def report(self, fate: Fate) -> None:
        """Tell the provider what became of a text."""
        assert self.account is not None
        done_at = moment_of(fate.at).strftime(TIME)
        for awaited in self.account.awaited.pop(fate.message_id, ()):
            receipt = receipt_for(awaited, fate.outcome, done_at)
            if receipt is not None:
                session = self.conversation.session
                body = message_body(receipt)
                ask = session.ask(Command.DELIVER_SM, body, awaited.message_id, elapsed_ms())
                self.conversation.send(ask)

    def _written_now(self) -> str:
        return moment_of(self._house.now()).strftime(TIME)

    def _refuse(self, header: Header, refused: Refusal) -> None:
        self._house.counts[refused.name] += 1
        session = self.conversation.session
        self.conversation.send(session.answer(header, STATUS_OF[refused]))


def _digest(offered: Offered, message: Message) -> bytes:
    """The same for what a provider submits again."""
    said = f"{message.source.text}\0{offered.msisdn}\0{offered.text}"
    return hashlib.sha256(said.encode("utf-8", "replace")).digest()
