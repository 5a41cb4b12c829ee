"""A text to a number becomes messages to submit, and an answer becomes what follows from it."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

import msgspec

from tenure.gateways.smpp.wire.bodies import Address, Message
from tenure.gateways.smpp.wire.names import Esm, Registered, Status, Tag
from tenure.gateways.smpp.wire.parts import parts_of
from tenure.gateways.smpp.wire.writing import number_tlv

REFERENCES: Final = 0x1_0000
"""user_message_reference has 16 bits; the reference of parts its lowest eight."""
ALPHANUMERIC: Final = (5, 0)
NUMBER: Final = (1, 1)


class Manner(msgspec.Struct, frozen=True):
    """How messages look to one message centre."""

    source: Address
    """Who they come from: a short code or a name of the operator."""
    destination_ton: int = 1
    destination_npi: int = 1
    service_type: str = ""
    receipts: bool = True


def sender_of(text: str, ton: int | None = None, npi: int | None = None) -> Address:
    """A sender's address: digits are a number, all else is a name (sections 5.2.5 and 5.2.6)."""
    usual = NUMBER if text.isdecimal() else ALPHANUMERIC
    return Address(text, usual[0] if ton is None else ton, usual[1] if npi is None else npi)


def messages_of(to: str, text: str, manner: Manner, reference: int) -> tuple[Message, ...] | None:
    """The messages for a text, each with a reference of its own from ``reference`` on.

    A receipt is wanted for the last; of those before it only the news that they failed, so that a
    text counts as delivered when all of it was.  None: it needs more than 255 parts.
    """
    parts = parts_of(text, reference)
    if parts is None:
        return None
    last = len(parts.contents) - 1
    destination = Address(to, manner.destination_ton, manner.destination_npi)
    return tuple(
        Message(
            source=manner.source,
            destination=destination,
            short_message=content,
            data_coding=parts.coding,
            esm_class=Esm.UDHI if last else 0,
            registered_delivery=_wanted(manner, last=place == last),
            service_type=manner.service_type,
            tlvs=number_tlv(Tag.USER_MESSAGE_REFERENCE, (reference + place) % REFERENCES),
        )
        for place, content in enumerate(parts.contents)
    )


def _wanted(manner: Manner, *, last: bool) -> Registered:
    if not manner.receipts:
        return Registered.NO
    return Registered.ALWAYS if last else Registered.FAILURE


class Verdict(Enum):
    """What follows from the answer to a submit_sm."""

    TAKEN = auto()
    WAIT = auto()
    """The message is kept, and nothing is sent for a while: the other side has too much."""
    LATER = auto()
    """This attempt is over; the next is made when the terms say so."""
    NEVER = auto()
    """No attempt with this message can succeed."""


VERDICTS: Final[Mapping[int, Verdict]] = {
    Status.ROK: Verdict.TAKEN,
    Status.RTHROTTLED: Verdict.WAIT,
    Status.RMSGQFUL: Verdict.WAIT,
    Status.RINVDSTADR: Verdict.NEVER,
    Status.RINVMSGLEN: Verdict.NEVER,
    Status.RX_P_APPN: Verdict.NEVER,
    Status.RX_R_APPN: Verdict.NEVER,
}
"""What is not here is LATER: a fault of ours or theirs, of which the message knows nothing."""


def verdict_of(status: int) -> Verdict:
    """What follows from a status, also from one that a vendor made up (0x400 to 0x4FF)."""
    return VERDICTS.get(status, Verdict.LATER)


def status_name(status: int) -> str:
    """A status for the log."""
    return f"ESME_{Status(status).name}" if status in set(Status) else f"0x{status:x}"
