"""Octets of a stream become PDUs (sections 3.2 and 4): whatever comes is a PDU or a fault."""

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tenure.gateways.smpp.wire.bodies import (
    Address,
    Bind,
    BindAnswer,
    Body,
    Message,
    MessageAnswer,
    Nothing,
    Other,
)
from tenure.gateways.smpp.wire.names import RESPONSE, TAG_OCTETS, Command, Status
from tenure.gateways.smpp.wire.pdu import (
    ADDRESS,
    ADDRESS_RANGE,
    HEADER_OCTETS,
    MESSAGE_ID,
    PASSWORD,
    SERVICE_TYPE,
    SHORT_MESSAGE_OCTETS_MAX,
    SYSTEM_ID,
    SYSTEM_TYPE,
    TIME,
    Header,
    Malformed,
    Pdu,
    Read,
    header_of,
)

PDU_OCTETS_MAX: Final = 66_560
"""A message_payload of 64 kB and all other fields; who announces more cannot be followed."""
_TLV: Final = struct.Struct("!HH")


class _WrongError(Exception):
    """A field is not as section 4 has it; caught in this file."""

    def __init__(self, status: Status, reason: str) -> None:
        self.status, self.reason = status, reason


class Frames:
    """A stream of octets cut into PDUs (section 3.2.1: each begins with its length)."""

    def __init__(self) -> None:
        self._rest = b""
        self._broken = False

    @property
    def begun(self) -> bool:
        """Whether a PDU has begun and not ended."""
        return bool(self._rest)

    def feed(self, data: bytes) -> Iterator[Read]:
        """What the octets bring; after a fatal fault nothing more."""
        if self._broken:
            return
        data = self._rest + data if self._rest else data
        self._rest = b""
        at, size = 0, len(data)
        while size - at >= 4:  # noqa: PLR2004 -- the octets of a length
            length = int.from_bytes(data[at : at + 4])
            if not HEADER_OCTETS <= length <= PDU_OCTETS_MAX:
                if length > PDU_OCTETS_MAX and size - at < HEADER_OCTETS:
                    break  # its sequence_number is still to come
                self._broken = True
                yield _unfollowable(data[at : at + HEADER_OCTETS], length)
                return
            if size - at < length:
                break
            yield decoded(data[at : at + length])
            at += length
        self._rest = data[at:]


def _unfollowable(head: bytes, length: int) -> Malformed:
    """A length that cannot be: section 4.3.1 has sequence_number 0 when it cannot be read."""
    reason = f"a PDU of {length} octets is announced"
    if length < HEADER_OCTETS:
        return Malformed(Header(0, 0, 0), Status.RINVCMDLEN, reason, fatal=True)
    return Malformed(header_of(head), Status.RINVCMDLEN, reason, fatal=True)


def decoded(raw: bytes) -> Read:
    """One whole PDU, whose length is right."""
    header = header_of(raw)
    reader = _READERS.get(header.command)
    if reader is None:
        return Malformed(header, Status.RINVCMDID, f"command 0x{header.command:08x} is not known")
    try:
        return Pdu(header, reader(_Fields(raw), header))
    except _WrongError as wrong:
        return Malformed(header, wrong.status, wrong.reason)


class _Fields:
    """The fields of a body, one after another."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = HEADER_OCTETS

    @property
    def left(self) -> int:
        return len(self._raw) - self._at

    def octet(self) -> int:
        if not self.left:
            raise _WrongError(Status.RINVCMDLEN, "the body ends before its last field")
        self._at += 1
        return self._raw[self._at - 1]

    def text(self, size: int, wrong: Status) -> str:
        """A C-Octet String of at most this many octets with its zero octet."""
        end = self._raw.find(0, self._at, self._at + size)
        if end < 0:
            short = self.left < size
            reason = "a field has no end" if short else f"a field is longer than {size} octets"
            raise _WrongError(Status.RINVCMDLEN if short else wrong, reason)
        found = self._raw[self._at : end]
        self._at = end + 1
        # ASCII is the standard's; names with an accent exist, and none of our keys has any.
        return found.decode("latin-1")

    def octets(self, size: int, wrong: Status) -> bytes:
        if self.left < size:
            raise _WrongError(wrong, "fewer octets than a length says")
        self._at += size
        return self._raw[self._at - size : self._at]

    def address(self, wrong: Status) -> Address:
        ton, npi = self.octet(), self.octet()
        return Address(self.text(ADDRESS, wrong), ton, npi)

    def time(self, wrong: Status) -> str:
        found = self.text(TIME, wrong)
        if len(found) not in (0, TIME - 1):
            raise _WrongError(wrong, "a time has 16 characters, or none")
        return found

    def tlvs(self) -> Mapping[int, bytes]:
        """The optional parameters; of those that come twice, the first (section 3.2.4)."""
        found: dict[int, bytes] = {}
        while self.left:
            tag, size = _TLV.unpack(self.octets(_TLV.size, Status.RINVOPTPARSTREAM))
            value = self.octets(size, Status.RINVOPTPARSTREAM)
            # Unknown tags are left alone: section 3.3 has newer peers in mind.
            if size != TAG_OCTETS.get(tag, size):
                raise _WrongError(Status.RINVPARLEN, f"optional parameter 0x{tag:04x} is too long")
            found.setdefault(tag, value)
        return found

    def end(self) -> None:
        if self.left:
            raise _WrongError(Status.RINVCMDLEN, "octets follow after the last field")


def _bind(fields: _Fields, header: Header) -> Bind:
    del header
    found = Bind(
        fields.text(SYSTEM_ID, Status.RINVSYSID),
        fields.text(PASSWORD, Status.RINVPASWD),
        fields.text(SYSTEM_TYPE, Status.RINVSYSTYP),
        fields.octet(),
        fields.octet(),
        fields.octet(),
        fields.text(ADDRESS_RANGE, Status.RBINDFAIL),
    )
    fields.end()
    return found


def _bind_answer(fields: _Fields, header: Header) -> BindAnswer:
    # A refusal may be nothing but its header (section 4.1.2); npm's smpp does so.
    if not fields.left and header.status:
        return BindAnswer()
    return BindAnswer(fields.text(SYSTEM_ID, Status.RINVSYSID), fields.tlvs())


def _message(fields: _Fields, header: Header) -> Message:
    del header
    service_type = fields.text(SERVICE_TYPE, Status.RINVSERTYP)
    source = fields.address(Status.RINVSRCADR)
    destination = fields.address(Status.RINVDSTADR)
    esm_class, protocol_id, priority = fields.octet(), fields.octet(), fields.octet()
    schedule, validity = fields.time(Status.RINVSCHED), fields.time(Status.RINVEXPIRY)
    registered, replace = fields.octet(), fields.octet()
    data_coding, default_msg_id = fields.octet(), fields.octet()
    size = fields.octet()
    if size > SHORT_MESSAGE_OCTETS_MAX:
        raise _WrongError(Status.RINVMSGLEN, "sm_length is above 254")
    short_message = fields.octets(size, Status.RINVMSGLEN)
    return Message(
        source, destination, short_message, data_coding, esm_class, registered, service_type,
        protocol_id, priority, schedule, validity, replace, default_msg_id, fields.tlvs(),
    )  # fmt: skip


def _data(fields: _Fields, header: Header) -> Message:
    del header
    service_type = fields.text(SERVICE_TYPE, Status.RINVSERTYP)
    source = fields.address(Status.RINVSRCADR)
    destination = fields.address(Status.RINVDSTADR)
    esm_class, registered, data_coding = fields.octet(), fields.octet(), fields.octet()
    tlvs = fields.tlvs()
    return Message(
        source, destination, b"", data_coding, esm_class, registered, service_type, tlvs=tlvs
    )


def _message_answer(fields: _Fields, header: Header) -> MessageAnswer:
    del header
    # Without a body: a refusal (section 4.4.2), or a peer that has no ids.
    if not fields.left:
        return MessageAnswer()
    return MessageAnswer(fields.text(MESSAGE_ID, Status.RINVMSGID), fields.tlvs())


def _other(fields: _Fields, header: Header) -> Other:
    del fields, header
    return Other()


def _nothing(fields: _Fields, header: Header) -> Nothing:
    del header
    fields.end()
    return Nothing()


def _lenient(fields: _Fields, header: Header) -> Nothing:
    """Answers without a body: what else they carry is not looked at."""
    del fields, header
    return Nothing()


_READERS: Final[Mapping[int, Callable[[_Fields, Header], Body]]] = {
    Command.BIND_RECEIVER: _bind,
    Command.BIND_TRANSMITTER: _bind,
    Command.BIND_TRANSCEIVER: _bind,
    Command.BIND_RECEIVER | RESPONSE: _bind_answer,
    Command.BIND_TRANSMITTER | RESPONSE: _bind_answer,
    Command.BIND_TRANSCEIVER | RESPONSE: _bind_answer,
    Command.SUBMIT_SM: _message,
    Command.DELIVER_SM: _message,
    Command.DATA_SM: _data,
    Command.SUBMIT_SM | RESPONSE: _message_answer,
    Command.DELIVER_SM | RESPONSE: _message_answer,
    Command.DATA_SM | RESPONSE: _message_answer,
    Command.ENQUIRE_LINK: _nothing,
    Command.UNBIND: _nothing,
    Command.ENQUIRE_LINK | RESPONSE: _lenient,
    Command.UNBIND | RESPONSE: _lenient,
    Command.GENERIC_NACK: _lenient,
    Command.QUERY_SM: _other,
    Command.CANCEL_SM: _other,
    Command.REPLACE_SM: _other,
    Command.SUBMIT_MULTI: _other,
    Command.OUTBIND: _other,
    Command.ALERT_NOTIFICATION: _other,
}
