"""Answers to any request: its identifiers returned, the E bit with protocol errors, what failed."""

from typing import Final

from tenure.gateways.diameter.wire.avp import Avp, avp, encoded, group
from tenure.gateways.diameter.wire.message import (
    ERROR,
    PROXIABLE,
    VERSION,
    Header,
    message,
)
from tenure.gateways.diameter.wire.result import PROTOCOL_ERRORS, Fault, Result

SESSION_ID: Final = 263
PROXY_INFO: Final = 284
FAILED_OCTETS_MAX: Final = 1024
"""A Failed-AVP is a hint for a person; it does not send a large mistake back."""


def answer(asked: Header, result: Result, avps: bytes) -> bytes:
    """An answer: same identifiers, same P bit, E with 3xxx (RFC 6733 section 6.2)."""
    flags = asked.flags & PROXIABLE | (ERROR if result in PROTOCOL_ERRORS else 0)
    header = Header(
        VERSION, 0, flags, asked.command, asked.application, asked.hop_by_hop, asked.end_to_end
    )
    return message(header, avps)


def refusal(asked: Header, identity: bytes, fault: Fault, known: tuple[Avp, ...] = ()) -> bytes:
    """The answer to a request that is not carried out, with its Session-Id and Proxy-Info."""
    parts = [encoded(one) for one in known if one.vendor == 0 and one.code == SESSION_ID][:1]
    parts += [avp("Result-Code", fault.result), identity, avp("Error-Message", fault.reason)]
    if fault.failed and len(fault.failed) <= FAILED_OCTETS_MAX:
        parts.append(group("Failed-AVP", fault.failed))
    parts += [encoded(one) for one in known if one.vendor == 0 and one.code == PROXY_INFO]
    return answer(asked, fault.result, b"".join(parts))


def identity_avps(host: str, realm: str) -> bytes:
    """Origin-Host and Origin-Realm, which every message of ours carries."""
    return avp("Origin-Host", host) + avp("Origin-Realm", realm)
