"""Passkeys (WebAuthn): a key that only its owner has, and what it signed for whom.

Everything that somebody must agree to in person is signed with a passkey whose challenge is the
hash of exactly what was asked, so that anybody can verify it again from outside.
"""

from typing import Final

import msgspec


class Passkey(msgspec.Struct, frozen=True):
    """The public part of a key, as it was registered."""

    credential_id: bytes
    public_key: bytes
    """COSE_Key (RFC 9052 section 7)."""
    sign_count: int = 0
    """Of the last use, by the authenticator's own counter; 0 if it has none."""

    def __repr__(self) -> str:
        return "Passkey(…)"


class Assertion(msgspec.Struct, frozen=True):
    """What an authenticator signed (WebAuthn section 5.2.2)."""

    credential_id: bytes
    authenticator_data: bytes
    client_data_json: bytes
    signature: bytes

    def __repr__(self) -> str:
        return "Assertion(…)"


class Registration(msgspec.Struct, frozen=True):
    """What an authenticator answered when a key was made (WebAuthn section 5.2.1)."""

    credential_id: bytes
    client_data_json: bytes
    attestation_object: bytes

    def __repr__(self) -> str:
        return "Registration(…)"


class RelyingParty(msgspec.Struct, frozen=True):
    """Whom a key is for: a key made for one relying party proves nothing to another."""

    rp_id: str
    origins: tuple[str, ...]
    """Where a key may be used: the addresses of pages, and the command line."""


COMMAND_LINE: Final = "tenure:command-line"
"""The origin of what was signed with a passkey file."""
PARTY: Final = RelyingParty("localhost", (COMMAND_LINE, "http://localhost:8080"))
"""The relying party of an installation that names no other."""


def verified(
    passkey: Passkey, assertion: Assertion, challenge: bytes, party: RelyingParty = PARTY
) -> int | None:
    """The new sign count if the key signed the challenge for this party; None if that is not so.

    The owner must have been verified by the authenticator (by a fingerprint or a PIN), not only
    been present.
    """
    # The library takes long to load, and most commands prove nothing.
    from webauthn import verify_authentication_response  # noqa: PLC0415 -- see above
    from webauthn.helpers import bytes_to_base64url, structs  # noqa: PLC0415 -- see above

    if assertion.credential_id != passkey.credential_id:
        return None
    shown = structs.AuthenticationCredential(
        id=bytes_to_base64url(assertion.credential_id),
        raw_id=assertion.credential_id,
        response=structs.AuthenticatorAssertionResponse(
            client_data_json=assertion.client_data_json,
            authenticator_data=assertion.authenticator_data,
            signature=assertion.signature,
        ),
    )
    try:
        found = verify_authentication_response(
            credential=shown,
            expected_challenge=challenge,
            expected_rp_id=party.rp_id,
            expected_origin=list(party.origins),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 -- whatever a stranger's bytes cause, they prove nothing
        return None
    return found.new_sign_count


def registered(
    registration: Registration, challenge: bytes, party: RelyingParty = PARTY
) -> Passkey | None:
    """The key that was made for this party upon the challenge; None if that is not so.

    Who made the authenticator is not asked: whose key it is, is proved by whom we invited.
    """
    from webauthn import verify_registration_response  # noqa: PLC0415 -- it takes long to load
    from webauthn.helpers import bytes_to_base64url, structs  # noqa: PLC0415 -- see above

    shown = structs.RegistrationCredential(
        id=bytes_to_base64url(registration.credential_id),
        raw_id=registration.credential_id,
        response=structs.AuthenticatorAttestationResponse(
            client_data_json=registration.client_data_json,
            attestation_object=registration.attestation_object,
        ),
    )
    try:
        found = verify_registration_response(
            credential=shown,
            expected_challenge=challenge,
            expected_rp_id=party.rp_id,
            expected_origin=list(party.origins),
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 -- whatever a stranger's bytes cause, they register nothing
        return None
    if found.credential_id != registration.credential_id:
        return None
    return Passkey(found.credential_id, found.credential_public_key, found.sign_count)
