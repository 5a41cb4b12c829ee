"""The bodies of SMPP PDUs as values; none of their reprs shows a number, a text or a password."""

from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from tenure.gateways.smpp.wire.names import INTERFACE_VERSION, Tag

NO_TLVS: Final[Mapping[int, bytes]] = {}


class Address(msgspec.Struct, frozen=True):
    """A number, a short code or a name, with its type and plan (sections 5.2.5 and 5.2.6)."""

    text: str
    ton: int = 1
    npi: int = 1

    def __repr__(self) -> str:
        return f"Address(ton={self.ton}, npi={self.npi})"


class Bind(msgspec.Struct, frozen=True):
    """bind_transmitter, bind_receiver and bind_transceiver (section 4.1)."""

    system_id: str
    password: str
    system_type: str = ""
    interface_version: int = INTERFACE_VERSION
    addr_ton: int = 0
    addr_npi: int = 0
    address_range: str = ""

    def __repr__(self) -> str:
        return "Bind()"


class BindAnswer(msgspec.Struct, frozen=True):
    """The answer to a bind; nothing but a status when it is refused."""

    system_id: str = ""
    tlvs: Mapping[int, bytes] = NO_TLVS

    def __repr__(self) -> str:
        return "BindAnswer()"


class Message(msgspec.Struct, frozen=True):
    """submit_sm, deliver_sm (sections 4.4 and 4.6), and what of them data_sm has (4.7)."""

    source: Address
    destination: Address
    short_message: bytes = b""
    data_coding: int = 0
    esm_class: int = 0
    registered_delivery: int = 0
    service_type: str = ""
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: str = ""
    validity_period: str = ""
    replace_if_present: int = 0
    default_msg_id: int = 0
    tlvs: Mapping[int, bytes] = NO_TLVS

    def __repr__(self) -> str:
        return f"Message({len(self.octets)} octets, coding {self.data_coding})"

    @property
    def octets(self) -> bytes:
        """The content: message_payload where there is one, else short_message (5.3.2.32)."""
        return self.tlvs.get(Tag.MESSAGE_PAYLOAD, self.short_message)


class MessageAnswer(msgspec.Struct, frozen=True):
    """submit_sm_resp, deliver_sm_resp, data_sm_resp."""

    message_id: str = ""
    tlvs: Mapping[int, bytes] = NO_TLVS


class Other(msgspec.Struct, frozen=True):
    """query_sm, cancel_sm, replace_sm, submit_multi, outbind and alert_notification, not read.

    None of them is served, so that nothing of them is needed but that they came whole.
    """


class Nothing(msgspec.Struct, frozen=True):
    """A PDU of a header only: enquire_link, unbind, generic_nack."""


Body: TypeAlias = Bind | BindAnswer | Message | MessageAnswer | Other | Nothing
