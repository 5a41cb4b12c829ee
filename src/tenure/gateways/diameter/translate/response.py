"""The answer of charging as a Credit-Control-Answer (RFC 8506 section 3.2), in few steps.

The common groups (octets or seconds granted, with validity and threshold) are packed in one call
from a prepared form; all that is rare is built AVP by AVP.
"""

import struct
from typing import Final

import msgspec

from tenure.gateways.diameter.translate.request import event_key
from tenure.gateways.diameter.translate.results import FAILED_AVP, RESULT_OF
from tenure.gateways.diameter.wire.answer import FAILED_OCTETS_MAX, identity_avps
from tenure.gateways.diameter.wire.avp import avp, encoded, group
from tenure.gateways.diameter.wire.credit import EVENT, MSCC, Asked
from tenure.gateways.diameter.wire.dictionary.table import BY_NAME
from tenure.gateways.diameter.wire.message import ERROR, PROXIABLE, decoded
from tenure.gateways.diameter.wire.result import PROTOCOL_ERRORS, Fault, Result
from tenure.promises.charging.model import Answer, FinalUnit, Granted, Refusal
from tenure.promises.tariffs.model import UNIT_OF, Service
from tenure.values.instant import SECOND_MS, Instant
from tenure.values.quantity import Unit

NTP_TO_UNIX_SECONDS: Final = 2_208_988_800
INITIAL: Final = 1
ENOUGH_CREDIT, NO_CREDIT = 0, 1
"""Check-Balance-Result (RFC 8506 section 8.6)."""
DEBIT: Final = 0
BALANCE_CHECK: Final = 2
PRICE_ENQUIRY: Final = 3
MICROS_EXPONENT: Final = -6
U32_MAX: Final = (1 << 32) - 1

REMEMBERED_MAX: Final = 10_000

_HEAD: Final = struct.Struct(">III8s")
_KIND_AND_NUMBER: Final = struct.Struct(">IIIIII")
_KIND: Final = 416
_NUMBER: Final = 415
_U32_HEAD: Final = 0x4000000C
_U32: Final = struct.Struct(">I").pack
_U64: Final = struct.Struct(">Q").pack
_SUCCESS: Final = avp("Result-Code", Result.SUCCESS)
_RESULT: Final = {result: avp("Result-Code", result) for result in Result}


class Voice(msgspec.Struct, frozen=True):
    """What we say of ourselves and our terms in every answer."""

    host: str
    realm: str
    currency: int
    redirect_url: str
    failover: bool = False
    """Whether another node can go on with our sessions (RFC 8506 section 8.4)."""


class Speaker:
    """Writes answers; keeps the bytes that recur."""

    def __init__(self, voice: Voice) -> None:
        self._currency = avp("Currency-Code", voice.currency)
        rest = identity_avps(voice.host, voice.realm) + avp("Auth-Application-Id", 4)
        self._plain = {result: avp("Result-Code", result) + rest for result in Result}
        self._supervision = avp("CC-Session-Failover", int(voice.failover)) + avp(
            "Credit-Control-Failure-Handling", 0
        )
        self._final = _final_units(voice.redirect_url)
        self._ratings: dict[int, bytes] = {}
        self._validities: dict[int, bytes] = {}

    def answer(self, asked: Asked, service: Service, answer: Answer, *, tgpp: bool) -> bytes:
        """The whole message.  ``tgpp``: whether the peer understands AVPs of 3GPP."""
        result = _result(asked, service, answer)
        parts = [
            b"",
            asked.session_avp,
            self._plain[result],
            _KIND_AND_NUMBER.pack(_KIND, _U32_HEAD, asked.kind, _NUMBER, _U32_HEAD, asked.number),
        ]
        flags = asked.flags & PROXIABLE
        if result in PROTOCOL_ERRORS:
            flags |= ERROR
        elif asked.groups:
            self._groups(parts, asked, service, answer, tgpp=tgpp)
        elif answer.groups and answer.groups[0].refusal is None:
            parts.append(self._grant(answer.groups[0], UNIT_OF[service], tgpp=tgpp))
        if result is not _DONE and answer.refusal is not None:
            parts.append(_explained(asked, answer.refusal, answer.detail))
        if asked.kind == INITIAL:
            parts.append(self._supervision)
        elif asked.kind == EVENT:
            parts.append(self._event(asked, answer, tgpp=tgpp))
        parts.append(asked.proxies)
        body = b"".join(parts)
        return _HEAD.pack(0x01000014 + len(body), flags << 24 | 272, 4, asked.raw[12:20]) + body

    def _groups(
        self, parts: list[bytes], asked: Asked, service: Service, answer: Answer, *, tgpp: bool
    ) -> None:
        """A Multiple-Services-Credit-Control for each group of the request, once."""
        unit = UNIT_OF[service]
        granted = answer.groups
        plain = len(granted) == len(asked.groups)
        by_identity = {} if plain else {(one.rating_group, one.service_id): one for one in granted}
        told: set[tuple[int, int]] = set()
        for index, (group_asked, service_ids) in enumerate(asked.groups):
            rating_group = group_asked or 0
            service_id = service_ids[0] if service_ids else 0
            if plain:
                one: Granted | None = granted[index]
            else:
                if (rating_group, service_id) in told:
                    continue
                told.add((rating_group, service_id))
                one = by_identity.get((rating_group, service_id))
            body = self._named(group_asked, service_ids)
            if one is None:
                body += _SUCCESS if answer.refusal is None else _RESULT[RESULT_OF[answer.refusal]]
            elif one.refusal is not None:
                body += _RESULT[RESULT_OF[one.refusal]]
            else:
                body = self._grant(one, unit, tgpp=tgpp) + body + _SUCCESS
            if tgpp and asked.kind == EVENT and _is(asked, DEBIT):
                body += avp("Refund-Information", event_key(asked.event, asked.number).encode())
            parts.append(_MSCC_HEAD + _U32(0x40000008 + len(body)) + body)

    def _named(self, rating_group: int | None, service_ids: tuple[int, ...]) -> bytes:
        """Service-Identifier and Rating-Group as the request had them."""
        named = b""
        for service_id in service_ids:
            named += _SERVICE_HEAD + _U32(service_id)
        if rating_group is None:
            return named
        rating = self._ratings.get(rating_group)
        if rating is None:
            rating = avp("Rating-Group", rating_group)
            if len(self._ratings) < REMEMBERED_MAX:
                self._ratings[rating_group] = rating
        return named + rating if named else rating

    def _grant(self, one: Granted, unit: Unit, *, tgpp: bool) -> bytes:
        """Granted-Service-Unit, Validity-Time, Final-Unit-Indication and threshold."""
        units = one.units
        if units is None:
            return b""
        if unit is _OCTETS and one.tariff_change_at is None:
            grant = _GRANTED_OCTETS + _U64(units)
        else:
            grant = self._units(units, unit, one.tariff_change_at)
        seconds = one.validity_seconds
        if seconds:
            validity = self._validities.get(seconds)
            if validity is None:
                validity = avp("Validity-Time", min(seconds, U32_MAX))
                if len(self._validities) < REMEMBERED_MAX:
                    self._validities[seconds] = validity
            grant += validity
        if one.final is not None:
            grant += self._final[one.final]
        if one.threshold_units and tgpp and unit in _THRESHOLD_HEAD:
            grant += _THRESHOLD_HEAD[unit] + _U32(min(one.threshold_units, U32_MAX))
        return grant

    def _units(self, units: int, unit: Unit, change_at: Instant | None) -> bytes:
        change = b""
        if change_at is not None:
            seconds = change_at // SECOND_MS + NTP_TO_UNIX_SECONDS
            change = avp("Tariff-Time-Change", seconds & U32_MAX)
        if unit is Unit.MICROS:
            return group("Granted-Service-Unit", change, self._money("CC-Money", units))
        return group("Granted-Service-Unit", change, _UNIT[unit](units))

    def _money(self, name: str, micros: int) -> bytes:
        value = group("Unit-Value", avp("Value-Digits", micros), avp("Exponent", MICROS_EXPONENT))
        return group(name, value, self._currency)

    def _event(self, asked: Asked, answer: Answer, *, tgpp: bool) -> bytes:
        """What only events are told: whether there is enough, and what it costs."""
        if _is(asked, BALANCE_CHECK) and answer.refusal in (None, Refusal.CREDIT_EXHAUSTED):
            enough = ENOUGH_CREDIT if answer.refusal is None else NO_CREDIT
            told = avp("Check-Balance-Result", enough)
            if tgpp:
                told += self._money("Remaining-Balance", answer.balance_micros)
            return told
        if answer.refusal is None and (_is(asked, PRICE_ENQUIRY) or _is(asked, DEBIT)):
            return self._money("Cost-Information", answer.cost_micros)
        return b""


def _final_units(redirect_url: str) -> dict[FinalUnit, bytes]:
    redirect = group(
        "Redirect-Server",
        avp("Redirect-Address-Type", 2),
        avp("Redirect-Server-Address", redirect_url),
    )
    name = "Final-Unit-Indication"
    return {
        FinalUnit.TERMINATE: group(name, avp("Final-Unit-Action", 0)),
        FinalUnit.REDIRECT: group(name, avp("Final-Unit-Action", 1), redirect),
        FinalUnit.RESTRICT: group(name, avp("Final-Unit-Action", 2)),
    }


_UNIT: Final = {
    Unit.OCTETS: lambda units: avp("CC-Total-Octets", units),
    Unit.SECONDS: lambda units: avp("CC-Time", min(units, U32_MAX)),
    Unit.MESSAGES: lambda units: avp("CC-Service-Specific-Units", units),
}
_GRANTED_OCTETS: Final = group("Granted-Service-Unit", avp("CC-Total-Octets", 0))[:-8]
_SERVICE_HEAD: Final = avp("Service-Identifier", 0)[:-4]
_MSCC_HEAD: Final = avp("Multiple-Services-Credit-Control", b"")[:4]
_THRESHOLD_HEAD: Final = {
    Unit.OCTETS: avp("Volume-Quota-Threshold", 0)[:-4],
    Unit.SECONDS: avp("Time-Quota-Threshold", 0)[:-4],
    Unit.MESSAGES: avp("Unit-Quota-Threshold", 0)[:-4],
}


# Members of an enumeration are slow to reach by their class.
_OCTETS: Final = Unit.OCTETS
_DATA: Final = Service.DATA
_DONE: Final = Result.SUCCESS
_EXHAUSTED: Final = Refusal.CREDIT_EXHAUSTED


def _result(asked: Asked, service: Service, answer: Answer) -> Result:
    """The result at the level of the command.

    Where there is nothing but one thing to use, its refusal is that of the request: many elements
    look no further than the command.  A bearer goes on with its other rating groups.
    """
    refusal = answer.refusal
    if refusal is None:
        groups = answer.groups
        if (service is _DATA and asked.groups) or not groups or groups[0].refusal is None:
            return _DONE
        if all(one.refusal is not None for one in groups):
            return RESULT_OF[groups[0].refusal]
        return _DONE
    if refusal is _EXHAUSTED and _is(asked, BALANCE_CHECK):
        return _DONE
    return RESULT_OF[refusal]


def _is(asked: Asked, action: int) -> bool:
    return asked.kind == EVENT and asked.action == action


def _explained(asked: Asked, refusal: Refusal, detail: str) -> bytes:
    """Error-Message, and Failed-AVP where the result requires one."""
    words = detail or refusal.name.lower().replace("_", " ")
    told = avp("Error-Message", words)
    names = FAILED_AVP.get(refusal, ())
    if not names:
        return told
    shown = next((found for name in names if (found := _shown(asked, name))), avp(names[-1], b""))
    return told + group("Failed-AVP", shown)


def _shown(asked: Asked, name: str) -> bytes:
    """The first AVP of that name in the request, at the level of the command or of a group."""
    message = decoded(asked.raw)
    avps = list(message.avps)
    for one in message.avps:
        members = one.members() if one.code == MSCC else []
        avps += [] if isinstance(members, Fault) else members
    code = BY_NAME[name].code
    found = next((one for one in avps if one.code == code and one.vendor == 0), None)
    shown = encoded(found) if found is not None else b""
    return shown if len(shown) <= FAILED_OCTETS_MAX else b""
