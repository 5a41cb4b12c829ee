"""A passkey proves what it signed, to whom it was made for, and nothing else."""

import hashlib
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from tenure.commands import passkey_file
from tenure.commands.passkey_file import PasskeyFile, WrongPasskeyFileError
from tenure.values.passkey import (
    PARTY,
    Assertion,
    Passkey,
    RelyingParty,
    registered,
    verified,
)

ASKED = hashlib.sha256(b"exactly this").digest()
OWN = PasskeyFile(b"c" * 32, b"k" * 32)
OTHER = PasskeyFile(b"c" * 32, b"o" * 32)
PAGE = RelyingParty("staff.example.net", ("https://staff.example.net",))
replace = msgspec.structs.replace


def test_what_the_key_signed_is_proven() -> None:
    assert verified(OWN.public, OWN.assertion(ASKED), ASKED) == 0


@pytest.mark.parametrize(
    ("key", "signed", "party"),
    [
        pytest.param(OWN, hashlib.sha256(b"other").digest(), PARTY, id="another challenge"),
        pytest.param(OWN, ASKED[:-1], PARTY, id="a part of the challenge"),
        pytest.param(OTHER, ASKED, PARTY, id="another key"),
        pytest.param(replace(OWN, credential_id=b"d" * 32), ASKED, PARTY, id="another name"),
        pytest.param(replace(OWN, origin="https://evil.example"), ASKED, PARTY, id="elsewhere"),
        pytest.param(replace(OWN, rp_id="evil.example"), ASKED, PARTY, id="for another party"),
        pytest.param(OWN, ASKED, PAGE, id="asked by another party"),
    ],
)
def test_anything_else_is_not_proven(key: PasskeyFile, signed: bytes, party: RelyingParty) -> None:
    assert verified(OWN.public, key.assertion(signed), ASKED, party) is None


def signed(flags: int, count: int) -> Assertion:
    """An assertion by the key, with flags and a count of our choice."""
    one = OWN.assertion(ASKED)
    about = one.authenticator_data[:32] + bytes([flags]) + count.to_bytes(4, "big")
    signature = OWN._key.sign(about + hashlib.sha256(one.client_data_json).digest())
    return replace(one, authenticator_data=about, signature=signature)


@pytest.mark.parametrize(
    ("flags", "proves"), [(0x05, True), (0x01, False), (0x04, False), (0x00, False)]
)
def test_the_owner_must_be_present_and_verified(flags: int, *, proves: bool) -> None:
    assert (verified(OWN.public, signed(flags, 0), ASKED) is not None) is proves


@pytest.mark.parametrize(
    ("known", "shown", "found"), [(0, 1, 1), (6, 7, 7), (7, 7, None), (8, 7, None), (1, 0, None)]
)
def test_a_count_that_goes_back_is_a_copy(known: int, shown: int, found: int | None) -> None:
    assert verified(replace(OWN.public, sign_count=known), signed(0x05, shown), ASKED) == found


@given(
    part=st.sampled_from(["authenticator_data", "client_data_json", "signature"]),
    at=st.integers(0, 2**16),
    bits=st.integers(1, 255),
)
def test_a_flipped_bit_anywhere_proves_nothing(part: str, at: int, bits: int) -> None:
    one = OWN.assertion(ASKED)
    octets = bytearray(getattr(one, part))
    octets[at % len(octets)] ^= bits

    assert verified(OWN.public, replace(one, **{part: bytes(octets)}), ASKED) is None


@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=200))
def test_rubbish_proves_and_registers_nothing(first: bytes, second: bytes, third: bytes) -> None:
    one = Assertion(OWN.credential_id, first, second, third)
    assert verified(OWN.public, one, ASKED) is None
    assert verified(Passkey(OWN.credential_id, first), OWN.assertion(ASKED), ASKED) is None
    shown = replace(OWN.registration(ASKED), attestation_object=first)
    assert registered(shown, ASKED) is None


def test_a_key_is_registered_as_it_is_and_can_prove_from_then_on() -> None:
    found = registered(OWN.registration(ASKED), ASKED)

    assert found == OWN.public
    assert verified(found, OWN.assertion(b"later"), b"later") == 0


def test_a_registration_is_for_one_challenge_one_party_and_one_name() -> None:
    shown = OWN.registration(ASKED)
    assertion = OWN.assertion(ASKED)

    assert registered(shown, b"another") is None
    assert registered(shown, ASKED, PAGE) is None
    assert registered(replace(shown, credential_id=b"d" * 32), ASKED) is None
    assert registered(replace(shown, client_data_json=assertion.client_data_json), ASKED) is None
    elsewhere = replace(OWN, origin="https://evil.example")
    assert registered(elsewhere.registration(ASKED), ASKED) is None


def test_a_key_of_a_page_with_another_algorithm_proves_as_well() -> None:
    """Browsers make P-256 keys; this one is encoded by hand (RFC 9053 section 7.1)."""
    private = ec.derive_private_key(12345, ec.SECP256R1())
    point = private.public_key().public_numbers()
    x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
    cose = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + x + b"\x22\x58\x20" + y
    page = PasskeyFile(b"p" * 16, b"k" * 32, PAGE.rp_id, PAGE.origins[0])
    one = page.assertion(ASKED)
    about = one.authenticator_data + hashlib.sha256(one.client_data_json).digest()
    shown = replace(one, signature=private.sign(about, ec.ECDSA(hashes.SHA256())))

    assert verified(Passkey(b"p" * 16, cose), shown, ASKED, PAGE) == 0
    assert verified(Passkey(b"p" * 16, cose), one, ASKED, PAGE) is None


def test_a_file_keeps_the_key_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "passkeys" / "sok"

    made = passkey_file.create(path)

    assert passkey_file.load(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert made != passkey_file.new()
    with pytest.raises(WrongPasskeyFileError, match="already"):
        passkey_file.create(path)
    assert "k" * 8 not in repr(OWN)


def test_a_file_that_cannot_be_used_says_what_to_do(tmp_path: Path) -> None:
    good, wrong = tmp_path / "good", tmp_path / "wrong"
    passkey_file.create(good)
    wrong.write_text("{}")
    short = passkey_file.create(tmp_path / "s", replace(OWN, private_key=b"short"))
    assert short.private_key == b"short"

    with pytest.raises(WrongPasskeyFileError, match="restore it"):
        passkey_file.load(tmp_path / "s")
    with pytest.raises(WrongPasskeyFileError, match="no such passkey"):
        passkey_file.load(tmp_path / "none")
    with pytest.raises(WrongPasskeyFileError, match="restore it"):
        passkey_file.load(wrong)
    with pytest.raises(WrongPasskeyFileError, match="cannot be read"):
        passkey_file.load(tmp_path)
    with pytest.raises(WrongPasskeyFileError, match="cannot be made"):
        passkey_file.create(good / "x" / "below")
    good.chmod(0o644)
    with pytest.raises(WrongPasskeyFileError, match="chmod 600"):
        passkey_file.load(good)
