"""Commands, statuses and optional parameters of SMPP 3.4, by the names of the standard."""

from enum import IntEnum
from typing import Final

RESPONSE: Final = 0x8000_0000
"""The bit of a command_id that says: this is an answer (section 5.1.2.1)."""
INTERFACE_VERSION: Final = 0x34


class Command(IntEnum):
    """The command_id of a request (section 5.1.2.1); its answer has the bit RESPONSE as well."""

    GENERIC_NACK = RESPONSE
    """The one answer that has no request of its own."""
    BIND_RECEIVER = 0x01
    BIND_TRANSMITTER = 0x02
    QUERY_SM = 0x03
    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    REPLACE_SM = 0x07
    CANCEL_SM = 0x08
    BIND_TRANSCEIVER = 0x09
    OUTBIND = 0x0B
    ENQUIRE_LINK = 0x15
    SUBMIT_MULTI = 0x21
    ALERT_NOTIFICATION = 0x102
    DATA_SM = 0x103


BINDS: Final = frozenset(
    {Command.BIND_RECEIVER, Command.BIND_TRANSMITTER, Command.BIND_TRANSCEIVER}
)
UNANSWERED: Final = frozenset({Command.OUTBIND, Command.ALERT_NOTIFICATION})
"""Requests to which the standard has no answer."""


class Status(IntEnum):
    """The command_status of an answer (section 5.1.3)."""

    ROK = 0x00
    RINVMSGLEN = 0x01
    RINVCMDLEN = 0x02
    RINVCMDID = 0x03
    RINVBNDSTS = 0x04
    RALYBND = 0x05
    RSYSERR = 0x08
    RINVSRCADR = 0x0A
    RINVDSTADR = 0x0B
    RINVMSGID = 0x0C
    RBINDFAIL = 0x0D
    RINVPASWD = 0x0E
    RINVSYSID = 0x0F
    RCANCELFAIL = 0x11
    RREPLACEFAIL = 0x13
    RMSGQFUL = 0x14
    RINVSERTYP = 0x15
    RINVESMCLASS = 0x43
    RSUBMITFAIL = 0x45
    RINVSYSTYP = 0x53
    RTHROTTLED = 0x58
    RINVSCHED = 0x61
    RINVEXPIRY = 0x62
    RX_T_APPN = 0x64
    RX_P_APPN = 0x65
    RX_R_APPN = 0x66
    RQUERYFAIL = 0x67
    RINVOPTPARSTREAM = 0xC0
    RINVPARLEN = 0xC2
    RMISSINGOPTPARAM = 0xC3
    RUNKNOWNERR = 0xFF


class Tag(IntEnum):
    """The optional parameters that we read or write (section 5.3.2)."""

    RECEIPTED_MESSAGE_ID = 0x001E
    USER_MESSAGE_REFERENCE = 0x0204
    SAR_MSG_REF_NUM = 0x020C
    SAR_TOTAL_SEGMENTS = 0x020E
    SAR_SEGMENT_SEQNUM = 0x020F
    SC_INTERFACE_VERSION = 0x0210
    MESSAGE_PAYLOAD = 0x0424
    MORE_MESSAGES_TO_SEND = 0x0426
    MESSAGE_STATE = 0x0427


TAG_OCTETS: Final = {
    Tag.USER_MESSAGE_REFERENCE: 2,
    Tag.SAR_MSG_REF_NUM: 2,
    Tag.SAR_TOTAL_SEGMENTS: 1,
    Tag.SAR_SEGMENT_SEQNUM: 1,
    Tag.SC_INTERFACE_VERSION: 1,
    Tag.MESSAGE_STATE: 1,
}
"""How long those are that have one length.  0x0426 may have any: Kannel's is not ours to judge."""


class State(IntEnum):
    """What became of a message (section 5.2.28), as message_state and in receipts say."""

    ENROUTE = 1
    DELIVERED = 2
    EXPIRED = 3
    DELETED = 4
    UNDELIVERABLE = 5
    ACCEPTED = 6
    UNKNOWN = 7
    REJECTED = 8


class Esm(IntEnum):
    """Bits of esm_class that we read or write (section 5.2.12)."""

    MODES = 0x03
    TYPES = 0x3C
    RECEIPT = 0x04
    DELIVERY_ACK = 0x08
    INTERMEDIATE = 0x20
    UDHI = 0x40


class Registered(IntEnum):
    """What a receipt is wanted for (section 5.2.17)."""

    NO = 0
    ALWAYS = 1
    FAILURE = 2
    MASK = 3


class Coding(IntEnum):
    """Values of data_coding that we write ourselves (section 5.2.19)."""

    DEFAULT = 0
    """The alphabet of the message centre: GSM 03.38, a septet an octet."""
    IA5 = 1
    LATIN_1 = 3
    UCS2 = 8
