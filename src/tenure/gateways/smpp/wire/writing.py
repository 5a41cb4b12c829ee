"""Bodies of SMPP PDUs become octets (section 4); who fills them has looked at their limits."""

import struct
from collections.abc import Mapping
from typing import Final

from tenure.gateways.smpp.wire.bodies import Address, Bind, BindAnswer, Message
from tenure.gateways.smpp.wire.names import TAG_OCTETS, Tag
from tenure.gateways.smpp.wire.pdu import (
    ADDRESS,
    ADDRESS_RANGE,
    MESSAGE_ID,
    PASSWORD,
    SERVICE_TYPE,
    SHORT_MESSAGE_OCTETS_MAX,
    SYSTEM_ID,
    SYSTEM_TYPE,
    TIME,
)

_TLV: Final = struct.Struct("!HH")


def bind_body(bind: Bind) -> bytes:
    """The body of a bind."""
    return b"".join(
        (
            _text(bind.system_id, SYSTEM_ID),
            _text(bind.password, PASSWORD),
            _text(bind.system_type, SYSTEM_TYPE),
            bytes((bind.interface_version, bind.addr_ton, bind.addr_npi)),
            _text(bind.address_range, ADDRESS_RANGE),
        )
    )


def bind_answer_body(answer: BindAnswer) -> bytes:
    """The body of an answer that lets somebody in."""
    return _text(answer.system_id, SYSTEM_ID) + _tlvs(answer.tlvs)


def message_body(message: Message) -> bytes:
    """The body of a submit_sm or a deliver_sm."""
    short = message.short_message
    assert len(short) <= SHORT_MESSAGE_OCTETS_MAX
    return b"".join(
        (
            _text(message.service_type, SERVICE_TYPE),
            _address(message.source),
            _address(message.destination),
            bytes((message.esm_class, message.protocol_id, message.priority_flag)),
            _text(message.schedule_delivery_time, TIME),
            _text(message.validity_period, TIME),
            bytes(
                (
                    message.registered_delivery,
                    message.replace_if_present,
                    message.data_coding,
                    message.default_msg_id,
                    len(short),
                )
            ),
            short,
            _tlvs(message.tlvs),
        )
    )


def message_answer_body(message_id: str) -> bytes:
    """The body of an answer to a message; a deliver_sm_resp has an empty id (section 4.6.2)."""
    return _text(message_id, MESSAGE_ID)


def _text(text: str, size: int) -> bytes:
    octets = text.encode("latin-1")
    assert len(octets) < size, "who fills a field has looked at its length"
    assert 0 not in octets
    return octets + b"\0"


def _address(address: Address) -> bytes:
    return bytes((address.ton, address.npi)) + _text(address.text, ADDRESS)


def _tlvs(tlvs: Mapping[int, bytes]) -> bytes:
    return b"".join([_TLV.pack(tag, len(value)) + value for tag, value in tlvs.items()])


def number_tlv(tag: Tag, value: int) -> dict[int, bytes]:
    """An optional parameter that is a number."""
    return {tag: value.to_bytes(TAG_OCTETS[tag])}
