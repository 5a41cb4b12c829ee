"""The shapes of TS 32.291 that we read and write; what is not here is read past, never refused.

Names follow the standard through ``name``.  Enumerations of the standard are open ("anyOf string"),
so they are strings here, and the tables of ``translate`` say which ones mean something to us.
"""

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType, field

API_NAME: Final = "nchf-convergedcharging"
API_VERSION: Final = "v3"
API_PATH: Final = f"/{API_NAME}/{API_VERSION}/chargingdata"

Uint32 = Annotated[int, Meta(ge=0, le=4_294_967_295)]
Uint64 = Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]
"""One bit less than in the standard, which nobody misses in a count of octets or seconds."""
Integer = Annotated[int, Meta(ge=-(1 << 63), le=(1 << 63) - 1)]


class Shape(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A JSON object of the standard: absent members have their default and are not written."""


class Personal(Shape, frozen=True):
    """A shape that may identify a subscriber: its repr says only what it is."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class PlmnId(Shape, frozen=True):
    """A network: country and network code, digits."""

    mcc: str
    mnc: str


class NFIdentification(Shape, frozen=True):
    """Who asks (TS 32.291 section 6.1.6.2.1.3)."""

    node_functionality: str
    name: str = field(default="", name="nFName")
    ipv4: str = field(default="", name="nFIPv4Address")
    ipv6: str = field(default="", name="nFIPv6Address")
    fqdn: str = field(default="", name="nFFqdn")
    plmn: PlmnId | None = field(default=None, name="nFPLMNID")


class Trigger(Shape, frozen=True):
    """Why usage was reported."""

    trigger_type: str = ""


class RequestedUnit(Shape, frozen=True):
    """Quota asked for; an empty one leaves the amount to us."""

    time: Uint32 | None = None
    total_volume: Uint64 | None = None
    uplink_volume: Uint64 | None = None
    downlink_volume: Uint64 | None = None
    service_specific_units: Uint64 | None = None


class UsedUnitContainer(Shape, frozen=True):
    """Usage under one set of charging conditions, closed by its triggers."""

    local_sequence_number: Integer = 0
    service_id: Uint32 | None = None
    quota_management_indicator: str = ""
    triggers: tuple[Trigger, ...] = ()
    trigger_timestamp: str = ""
    time: Uint32 | None = None
    total_volume: Uint64 | None = None
    uplink_volume: Uint64 | None = None
    downlink_volume: Uint64 | None = None
    service_specific_units: Uint64 | None = None


class MultipleUnitUsage(Shape, frozen=True):
    """One rating group: what it used and what it asks for."""

    rating_group: Uint32
    requested_unit: RequestedUnit | None = None
    used_unit_container: tuple[UsedUnitContainer, ...] = ()
    upf_id: str = field(default="", name="uPFID")


class UserInformation(Personal, frozen=True):
    """The subscriber by number."""

    served_gpsi: str = field(default="", name="servedGPSI")


class Tai(Shape, frozen=True):
    """A tracking area, of which the network matters here."""

    plmn_id: PlmnId | None = None


class AccessLocation(Shape, frozen=True):
    """A location by one access technology."""

    tai: Tai | None = None


class UserLocation(Shape, frozen=True):
    """Where the subscriber is."""

    eutra_location: AccessLocation | None = None
    nr_location: AccessLocation | None = None


class ServingNetworkFunctionID(Shape, frozen=True):
    """The serving AMF or the like."""

    information: NFIdentification | None = field(
        default=None, name="servingNetworkFunctionInformation"
    )


class PDUSessionInformation(Shape, frozen=True):
    """The data session."""

    session_id: Integer | None = field(default=None, name="pduSessionID")
    dnn_id: str = ""
    serving_function: ServingNetworkFunctionID | None = field(
        default=None, name="servingNetworkFunctionID"
    )
    serving_plmn: PlmnId | None = field(default=None, name="servingCNPlmnId")


class PDUSessionChargingInformation(Personal, frozen=True):
    """Data (TS 32.255)."""

    charging_id: Integer | None = None
    smf_charging_id: str = field(default="", name="sMFchargingId")
    user_information: UserInformation | None = None
    user_location: UserLocation | None = field(default=None, name="userLocationinfo")
    session: PDUSessionInformation | None = field(default=None, name="pduSessionInformation")


class SMAddressInfo(Personal, frozen=True):
    """An address of a short message."""

    kind: str = field(default="", name="sMaddressType")
    data: str = field(default="", name="sMaddressData")


class OriginatorInfo(Personal, frozen=True):
    """Who sent a short message."""

    supi: str = field(default="", name="originatorSUPI")
    gpsi: str = field(default="", name="originatorGPSI")
    other: SMAddressInfo | None = field(default=None, name="originatorOtherAddress")
    received: SMAddressInfo | None = field(default=None, name="originatorReceivedAddress")


class RecipientInfo(Personal, frozen=True):
    """Who receives a short message."""

    supi: str = field(default="", name="recipientSUPI")
    gpsi: str = field(default="", name="recipientGPSI")
    other: SMAddressInfo | None = field(default=None, name="recipientOtherAddress")
    received: SMAddressInfo | None = field(default=None, name="recipientReceivedAddress")


class SMSChargingInformation(Personal, frozen=True):
    """Short messages (TS 32.274)."""

    originator: OriginatorInfo | None = field(default=None, name="originatorInfo")
    recipients: tuple[RecipientInfo, ...] = field(default=(), name="recipientInfo")
    user_location: UserLocation | None = field(default=None, name="userLocationinfo")
    message_type: str = field(default="", name="sMMessageType")
    message_reference: str = ""
    sequence_number: Integer | None = field(default=None, name="sMSequenceNumber")
    messages_sent: Uint32 | None = field(default=None, name="numberofMessagesSent")


class SIPEventType(Shape, frozen=True):
    """The SIP method that caused the request."""

    method: str = field(default="", name="sIPMethod")


class IMSChargingInformation(Personal, frozen=True):
    """Calls and messages of IMS (TS 32.260)."""

    event_type: SIPEventType | None = None
    role_of_node: str = ""
    user_information: UserInformation | None = None
    user_location: UserLocation | None = field(default=None, name="userLocationInfo")
    user_session_id: str = field(default="", name="userSessionID")
    charging_identifier: str = field(default="", name="imsChargingIdentifier")
    calling: tuple[str, ...] = field(default=(), name="callingPartyAddresses")
    called: str = field(default="", name="calledPartyAddress")
    requested: tuple[str, ...] = field(default=(), name="requestedPartyAddress")
    visited_network: str = field(default="", name="imsVisitedNetworkIdentifier")


class Present(Shape, frozen=True):
    """A part of a request that we only need to see is there."""


class ChargingDataRequest(Personal, frozen=True):
    """Create, update, release and one-time events (TS 32.291 section 6.1.6.2.1.1).

    ``invocation_sequence_number`` is mandatory in the standard; real clients leave it out.
    """

    nf_consumer: NFIdentification = field(name="nfConsumerIdentification")
    invocation_time_stamp: str
    invocation_sequence_number: Uint32 | None = None
    subscriber_identifier: str = ""
    charging_id: Integer | None = None
    retransmission_indicator: bool = False
    one_time_event: bool = False
    one_time_event_type: str = ""
    notify_uri: str = ""
    supported_features: str = ""
    service_specification_info: str = ""
    multiple_unit_usage: tuple[MultipleUnitUsage, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    pdu_session: PDUSessionChargingInformation | None = field(
        default=None, name="pDUSessionChargingInformation"
    )
    sms: SMSChargingInformation | None = field(default=None, name="sMSChargingInformation")
    ims: IMSChargingInformation | None = field(default=None, name="iMSChargingInformation")
    mmtel: Present | None = field(default=None, name="mMTelChargingInformation")
    registration: Present | None = field(default=None, name="registrationChargingInformation")
    n2_connection: Present | None = field(default=None, name="n2ConnectionChargingInformation")
    location_reporting: Present | None = field(
        default=None, name="locationReportingChargingInformation"
    )
    nef: Present | None = field(default=None, name="nEFChargingInformation")
    nspa: Present | None = field(default=None, name="nSPAChargingInformation")
    nsm: Present | None = field(default=None, name="nSMChargingInformation")
    prose: Present | None = field(default=None, name="proSeChargingInformation")


class GrantedUnit(Shape, frozen=True):
    """Quota granted."""

    tariff_time_change: str = ""
    time: int | None = None
    total_volume: int | None = None
    service_specific_units: int | None = None


class RedirectServer(Shape, frozen=True):
    """Where a subscriber without funds is sent."""

    redirect_address_type: str
    redirect_server_address: str


class FinalUnitIndication(Shape, frozen=True):
    """What happens when the last units are used."""

    final_unit_action: str
    redirect_server: RedirectServer | None = None


class MultipleUnitInformation(Shape, frozen=True):
    """The answer for one rating group."""

    rating_group: int
    result_code: str
    granted_unit: GrantedUnit | None = None
    validity_time: int | None = None
    quota_holding_time: int | None = None
    final_unit_indication: FinalUnitIndication | None = None
    time_quota_threshold: int | None = None
    volume_quota_threshold: int | None = None
    unit_quota_threshold: int | None = None
    upf_id: str = field(default="", name="uPFID")


class ChargingDataResponse(Shape, frozen=True):
    """The answer to a create or an update."""

    invocation_time_stamp: str
    invocation_sequence_number: int
    multiple_unit_information: tuple[MultipleUnitInformation, ...] = ()


class ReauthorizationDetails(Shape, frozen=True):
    """Which rating group is to ask again."""

    rating_group: int


class ChargingNotifyRequest(Shape, frozen=True):
    """What we tell a consumer: to ask again, or to end the session."""

    notification_type: str
    reauthorization_details: tuple[ReauthorizationDetails, ...] | UnsetType = UNSET


class InvalidParam(Shape, frozen=True):
    """The member at fault, as a JSON Pointer, and why."""

    param: str
    reason: str = ""


class ProblemDetails(Shape, frozen=True):
    """An error (RFC 9457, TS 29.571): never a traceback, never personal data."""

    status: int
    title: str
    cause: str = ""
    detail: str = ""
    invalid_params: tuple[InvalidParam, ...] = ()


_encoder = msgspec.json.Encoder()


def encoded(message: ChargingDataResponse | ChargingNotifyRequest | ProblemDetails) -> bytes:
    """A message as JSON."""
    return _encoder.encode(message)
