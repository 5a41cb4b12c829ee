"""What a provider's message is allowed to be, and how each refusal is answered: tables."""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Final

import msgspec

from tenure.gateways.smpp.translate.reading import Spoken
from tenure.gateways.smpp.translate.receipts import Outcome
from tenure.gateways.smpp.wire.bodies import Address, Message
from tenure.gateways.smpp.wire.names import Command, Esm, Registered, State, Status
from tenure.gateways.smpp.wire.pdu import SHORT_MESSAGE_OCTETS_MAX
from tenure.gateways.smpp.wire.receipt import parameters, written
from tenure.values.instant import SECOND_MS
from tenure.values.msisdn import Msisdn

MSISDN_DIGITS: Final = range(7, 16)
"""E.164 has at most 15 digits."""


class Refusal(IntEnum):
    """Why a message of a provider is not taken, in descending precedence."""

    TOO_FAST = 1
    TOO_MANY = 2
    SENDER = 3
    NUMBER = 4
    """It is none, nobody has it, or who has it did not consent: a provider is not told which."""
    SCHEDULED = 5
    """We keep nothing for later."""
    CODING = 6
    TOO_LONG = 7
    NOT_NOW = 8


STATUS_OF: Final[Mapping[Refusal, Status]] = {
    Refusal.TOO_FAST: Status.RTHROTTLED,
    Refusal.TOO_MANY: Status.RMSGQFUL,
    Refusal.SENDER: Status.RINVSRCADR,
    Refusal.NUMBER: Status.RINVDSTADR,
    Refusal.SCHEDULED: Status.RINVSCHED,
    Refusal.CODING: Status.RSUBMITFAIL,
    Refusal.TOO_LONG: Status.RINVMSGLEN,
    Refusal.NOT_NOW: Status.RSYSERR,
}
NOT_SERVED: Final[Mapping[Command, Status]] = {
    Command.QUERY_SM: Status.RQUERYFAIL,
    Command.CANCEL_SM: Status.RCANCELFAIL,
    Command.REPLACE_SM: Status.RREPLACEFAIL,
    Command.SUBMIT_MULTI: Status.RINVCMDID,
}
"""What we say to requests that we do not serve: what was promised to be sent is sent, once."""

STATE_OF: Final[Mapping[Outcome, State]] = {
    Outcome.DELIVERED: State.DELIVERED,
    Outcome.FAILED: State.UNDELIVERABLE,
    Outcome.EXPIRED: State.EXPIRED,
}


class Pace:
    """How much one account may ask for: so many a second, so many unanswered."""

    def __init__(self, per_second: int, window: int) -> None:
        self._per_second, self._window = per_second, window
        self._second, self._in_second = -1, 0
        self.outstanding = 0

    def refused(self, at_ms: int) -> Refusal | None:
        """Whether one more is too much; if not, it counts."""
        second = at_ms // SECOND_MS
        if second != self._second:
            self._second, self._in_second = second, 0
        if self._in_second >= self._per_second:
            return Refusal.TOO_FAST
        if self.outstanding >= self._window:
            return Refusal.TOO_MANY
        self._in_second += 1
        return None


def refusal_of(message: Message, senders: Sequence[str]) -> Refusal | None:
    """What is wrong with a message, as far as it says so itself."""
    if message.source.text and message.source.text not in senders:
        return Refusal.SENDER
    if number_of(message.destination) is None:
        return Refusal.NUMBER
    if message.schedule_delivery_time:
        return Refusal.SCHEDULED
    return None


def number_of(address: Address) -> Msisdn | None:
    """The number that a message is for, in E.164 digits."""
    digits = address.text.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal() and len(digits) in MSISDN_DIGITS):
        return None
    return Msisdn(digits)


class Awaited(msgspec.Struct, frozen=True):
    """A message of a provider that waits for its end."""

    message_id: str
    source: Address
    destination: Address
    registered: int
    submitted_at: str
    """As receipts write it."""

    def __repr__(self) -> str:
        return f"Awaited({self.message_id})"


def id_of(kept_id: str, part: Spoken, parts: int) -> str:
    """What a provider is told a part is called: each its own, since receipts name one."""
    if parts == 1 or part.place is None:
        return kept_id
    return f"{kept_id}-{part.place.number}"


def wants(message: Message) -> int:
    """For which ends a provider wants a receipt."""
    return message.registered_delivery & Registered.MASK


def receipt_for(awaited: Awaited, outcome: Outcome, done_at: str) -> Message | None:
    """The receipt that tells a provider of an end; None when it does not want to know."""
    if awaited.registered == Registered.FAILURE and outcome is Outcome.DELIVERED:
        return None
    state = STATE_OF[outcome]
    text = written(awaited.message_id, state, (awaited.submitted_at, done_at))
    return Message(
        source=awaited.destination,
        destination=awaited.source,
        short_message=text[:SHORT_MESSAGE_OCTETS_MAX],
        esm_class=Esm.RECEIPT,
        tlvs=parameters(awaited.message_id, state),
    )
