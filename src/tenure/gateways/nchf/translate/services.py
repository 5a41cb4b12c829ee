"""Which service a request is about, in which direction, with whom, and where."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from tenure.gateways.nchf.translate import parties
from tenure.gateways.nchf.translate.parties import Subscriber
from tenure.gateways.nchf.wire.messages import (
    ChargingDataRequest,
    IMSChargingInformation,
    SMSChargingInformation,
)
from tenure.promises.tariffs.model import Direction, Service

BY_SPECIFICATION: Final[Mapping[str, Service | None]] = {
    "32.255": Service.DATA,
    "32.251": Service.DATA,
    "32.274": Service.SMS,
    "32.270": Service.MMS,
    "32.260": Service.VOICE,
    "32.275": Service.VOICE,
    "32.254": None,
    "32.256": None,
    "32.257": None,
    "32.277": None,
    "28.201": None,
    "28.202": None,
}
"""serviceSpecificationInfo names the middle-tier specification; None: a service without a price."""

BY_FUNCTION: Final[Mapping[str, Service | None]] = {
    "SMF": Service.DATA,
    "PGW_C_SMF": Service.DATA,
    "I_SMF": Service.DATA,
    "V_SMF": Service.DATA,
    "SGW": Service.DATA,
    "SGSN": Service.DATA,
    "ePDG": Service.DATA,
    "UPF": Service.DATA,
    "SMSF": Service.SMS,
    "SMS": Service.SMS,
    "IMS_Node": Service.VOICE,
    "AMF": None,
    "NEF": None,
    "NEFF": None,
    "CEF": None,
    "MnS_Producer": None,
    "5G_DDNMF": None,
    "EES": None,
    "PCF": None,
    "UDM": None,
}
"""Who asks, for requests that say nothing else about their service."""

UNPRICED: Final = (
    "registration",
    "n2_connection",
    "location_reporting",
    "nef",
    "nspa",
    "nsm",
    "prose",
)
"""Parts of a request about services that no tariff of ours prices: free, hence not charged here."""

INCOMING_MESSAGES: Final = frozenset({"DELIVERY"})
INCOMING_CALLS: Final = frozenset({"TERMINATING"})
"""A forwarded leg is paid by the subscriber who forwards: it is an outgoing call."""

MESSAGE_METHODS: Final = frozenset({"MESSAGE"})
"""SIP methods that carry a message rather than a call."""

_SPECIFICATION: Final = re.compile(r"\b(\d\d)\.?(\d{3})\b")


class Subject(msgspec.Struct, frozen=True):
    """What a request is about."""

    service: Service
    direction: Direction
    other_party: str
    visited_plmn: str

    def __repr__(self) -> str:
        return f"Subject({self.service.name}, {self.direction.name})"


def subject(request: ChargingDataRequest, emergency_number: str) -> Subject | None:
    """The service and its circumstances; None when no tariff of ours prices it.

    The part of the request that is present decides; then the specification it names; then the
    kind of network function that asks.
    """
    if request.pdu_session is not None:
        visited = parties.network_of_session(request.pdu_session)
        return Subject(Service.DATA, Direction.OUT, "", visited)
    if request.sms is not None:
        return _message(request.sms, emergency_number)
    if request.ims is not None:
        return _ims(request.ims, emergency_number)
    if request.mmtel is not None:
        return Subject(Service.VOICE, Direction.OUT, "", "")
    if any(getattr(request, part) is not None for part in UNPRICED):
        return None
    service = _service_by_name(request)
    return None if service is None else Subject(service, Direction.OUT, "", "")


def _service_by_name(request: ChargingDataRequest) -> Service | None:
    found = _SPECIFICATION.search(request.service_specification_info)
    if found is not None:
        name = f"{found[1]}.{found[2]}"
        if name in BY_SPECIFICATION:
            return BY_SPECIFICATION[name]
    return BY_FUNCTION.get(request.nf_consumer.node_functionality)


def _message(sms: SMSChargingInformation, emergency_number: str) -> Subject:
    visited = parties.network_of_place(sms.user_location)
    if sms.message_type in INCOMING_MESSAGES:
        sender = sms.originator
        other = (
            ""
            if sender is None
            else parties.party_of_message(sender, sender.gpsi, emergency_number)
        )
        return Subject(Service.SMS, Direction.IN, other, visited)
    other = ""
    if sms.recipients:
        first = sms.recipients[0]
        other = parties.party_of_message(first, first.gpsi, emergency_number)
    return Subject(Service.SMS, Direction.OUT, other, visited)


def _ims(ims: IMSChargingInformation, emergency_number: str) -> Subject:
    method = "" if ims.event_type is None else ims.event_type.method.upper()
    service = Service.SMS if method in MESSAGE_METHODS else Service.VOICE
    incoming = ims.role_of_node in INCOMING_CALLS
    other = parties.parties_of_call(ims, emergency_number, incoming=incoming)
    direction = Direction.IN if incoming else Direction.OUT
    return Subject(service, direction, other, parties.network_of_ims(ims))


def subscriber(request: ChargingDataRequest, direction: Direction) -> Subscriber:
    """Who is charged: the SUPI, else the served GPSI, else the served end of a message."""
    found = parties.by_supi(request.subscriber_identifier)
    if found:
        return found
    for gpsi in _served(request):
        found = parties.by_gpsi(gpsi)
        if found:
            return found
    return _served_end(request.sms, direction) if request.sms is not None else Subscriber()


def _served(request: ChargingDataRequest) -> tuple[str, ...]:
    parts = (request.pdu_session, request.ims)
    return tuple(
        part.user_information.served_gpsi
        for part in parts
        if part is not None and part.user_information is not None
    )


def _served_end(sms: SMSChargingInformation, direction: Direction) -> Subscriber:
    if direction is Direction.OUT:
        ends = [(sms.originator.supi, sms.originator.gpsi)] if sms.originator is not None else []
    else:
        ends = [(recipient.supi, recipient.gpsi) for recipient in sms.recipients[:1]]
    for supi, gpsi in ends:
        found = parties.by_supi(supi) or parties.by_gpsi(gpsi)
        if found:
            return found
    return Subscriber()
