"""What a browser made or signed, as the script of the page writes it, and what it is to sign."""

from collections.abc import Sequence
from typing import Final, TypeVar

import msgspec

from tenure.gateways.web.session.cookies import octets_of, text_of
from tenure.gateways.web.wire.stories import Signing
from tenure.values.passkey import Assertion, Registration, RelyingParty

SIGNED_MAX: Final = 8_192
"""More characters than any passkey writes."""

ShownT = TypeVar("ShownT")


class _Signed(msgspec.Struct):
    id: str
    client_data: str
    authenticator_data: str
    signature: str


class _Made(msgspec.Struct):
    id: str
    client_data: str
    attestation: str


def signing(challenge: bytes, party: RelyingParty, keys: Sequence[bytes] = ()) -> Signing:
    """What a form asks a passkey to sign."""
    return Signing(text_of(challenge), party.rp_id, tuple(text_of(key) for key in keys))


def assertion_of(written: str) -> Assertion | None:
    """What was signed; None for anything that cannot be that."""
    said = _read(written, _Signed)
    if said is None:
        return None
    octets = [
        octets_of(text)
        for text in (said.id, said.authenticator_data, said.client_data, said.signature)
    ]
    whole = [one for one in octets if one]
    return Assertion(*whole) if len(whole) == len(octets) else None


def registration_of(written: str) -> Registration | None:
    """What was made; None for anything that cannot be that."""
    said = _read(written, _Made)
    if said is None:
        return None
    octets = [octets_of(text) for text in (said.id, said.client_data, said.attestation)]
    whole = [one for one in octets if one]
    return Registration(*whole) if len(whole) == len(octets) else None


def _read(written: str, kind: type[ShownT]) -> ShownT | None:
    if len(written) > SIGNED_MAX:
        return None
    try:
        return msgspec.json.decode(written.encode(), type=kind)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return None
