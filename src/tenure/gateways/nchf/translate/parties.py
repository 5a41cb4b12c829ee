"""Who is meant: subscribers, other parties and networks as the 5G core and IMS spell them."""

import re
from typing import Final

from tenure.gateways.nchf.wire.messages import (
    IMSChargingInformation,
    OriginatorInfo,
    PDUSessionChargingInformation,
    PlmnId,
    RecipientInfo,
    SMAddressInfo,
    UserLocation,
)

DIALLED_MAX: Final = 32
"""More characters than any number: E.164 has 15, prefixes of carriers a few more."""

NETWORK_CODE_MIN: Final = 2

_IMSI: Final = re.compile(r"(?:imsi-)?([0-9]{5,15})")
_MSISDN: Final = re.compile(r"(?:msisdn-|tel:)?\+?([0-9]{5,15})")
_NAI_OF_IMSI: Final = re.compile(r"nai-[0-8]?([0-9]{14,15})@.+")
"""TS 23.003 section 19.3.2: a root NAI is one digit for the method, then the IMSI."""
_NUMBER: Final = re.compile(
    r"(?:tel:|sips?:|msisdn-)?\+?([0-9*#][0-9*#().-]*)(?:[@;:].*)?", re.DOTALL
)
_EMERGENCY: Final = re.compile(r"urn:service:sos(?:\..*)?", re.IGNORECASE)
_VISITED: Final = re.compile(r".*mnc([0-9]{2,3})\.mcc([0-9]{3})\b.*", re.DOTALL)


class Subscriber:
    """One of an IMSI or an MSISDN, or neither; its repr shows nobody."""

    __slots__ = ("imsi", "msisdn")

    def __init__(self, imsi: str = "", msisdn: str = "") -> None:
        self.imsi = imsi
        self.msisdn = msisdn

    def __bool__(self) -> bool:
        return bool(self.imsi or self.msisdn)

    def __repr__(self) -> str:
        return f"Subscriber({'imsi' if self.imsi else 'msisdn' if self.msisdn else 'nobody'})"


def by_supi(text: str) -> Subscriber:
    """A SUPI (TS 23.003): imsi-, or nai- around an IMSI; a lone GPSI is understood too."""
    if text.startswith("msisdn-"):
        return by_gpsi(text)
    found = _IMSI.fullmatch(text) or _NAI_OF_IMSI.fullmatch(text)
    if found is None:
        return Subscriber()
    return Subscriber(imsi=found[1])


def by_gpsi(text: str) -> Subscriber:
    """A GPSI: msisdn-; an external identifier names nobody we know."""
    found = _MSISDN.fullmatch(text)
    return Subscriber(msisdn=found[1]) if found else Subscriber()


def dialled(text: str, emergency_number: str) -> str:
    """The other party in ``tel:``, ``sip:``, ``msisdn-`` or bare form, as digits; "" for a name."""
    if _EMERGENCY.fullmatch(text):
        return emergency_number
    found = _NUMBER.fullmatch(text)
    if found is None:
        return ""
    digits = re.sub(r"[().-]", "", found[1])
    return digits if len(digits) <= DIALLED_MAX else ""


def party_of_message(
    party: OriginatorInfo | RecipientInfo, gpsi: str, emergency_number: str
) -> str:
    """The number of a message's other end: as received, by GPSI, or another address."""
    received: tuple[SMAddressInfo | None, ...] = (party.received, party.other)
    for address in (gpsi, *(info.data for info in received if info is not None)):
        number = dialled(address, emergency_number)
        if number:
            return number
    return ""


def parties_of_call(ims: IMSChargingInformation, emergency_number: str, *, incoming: bool) -> str:
    """The other end of a call or an IMS message: the caller of an incoming one, else the called."""
    candidates = ims.calling if incoming else (ims.called, *ims.requested)
    for candidate in candidates:
        number = dialled(candidate, emergency_number)
        if number:
            return number
    return ""


def network(plmn: PlmnId | None) -> str:
    """A network as its digits, country first; "" for none or nonsense."""
    if plmn is None:
        return ""
    digits = plmn.mcc + plmn.mnc
    return digits if digits.isdecimal() and digits.isascii() and len(digits) in {5, 6} else ""


def network_of_place(place: UserLocation | None) -> str:
    """The network whose cell the subscriber is in."""
    if place is None:
        return ""
    for access in (place.nr_location, place.eutra_location):
        if access is not None and access.tai is not None:
            found = network(access.tai.plmn_id)
            if found:
                return found
    return ""


def network_of_session(pdu: PDUSessionChargingInformation) -> str:
    """The serving network: as stated, else of the serving AMF, else of the cell."""
    session = pdu.session
    if session is not None:
        found = network(session.serving_plmn)
        serving = session.serving_function
        if not found and serving is not None and serving.information is not None:
            found = network(serving.information.plmn)
        if found:
            return found
    return network_of_place(pdu.user_location)


def network_of_ims(ims: IMSChargingInformation) -> str:
    """The visited network by its domain name (TS 23.003 section 13.2), else of the cell."""
    found = _VISITED.fullmatch(ims.visited_network.lower())
    if found is None:
        return network_of_place(ims.user_location)
    # The domain name pads a network code of two digits with a leading zero.
    padded = len(found[1]) > NETWORK_CODE_MIN and found[1].startswith("0")
    return found[2] + (found[1][1:] if padded else found[1])
