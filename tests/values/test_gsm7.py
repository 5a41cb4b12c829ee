"""The GSM alphabet: the vectors of the standards, and laws over all texts and all octets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.values import gsm7

IN_ALPHABET = "".join(gsm7.DEFAULT).replace("\x1b", "") + "".join(gsm7.EXTENSION.values())
texts = st.text(alphabet=IN_ALPHABET, max_size=200)


def test_every_septet_means_one_character() -> None:
    assert len(gsm7.DEFAULT) == 128
    assert len(set(gsm7.DEFAULT)) == 128
    assert not set(gsm7.EXTENSION.values()) & set(gsm7.DEFAULT)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("@", "00"),
        ("Aa1", "416131"),
        ("ñÑàÜ", "7d5d7f5e"),
        ("€", "1b65"),
        ("[x]", "1b3c781b3e"),
        ("ΔΩ", "1015"),
    ],
)
def test_septets(text: str, codes: str) -> None:
    assert gsm7.septets(text) == bytes.fromhex(codes)
    assert gsm7.text_of(bytes.fromhex(codes)) == text


@pytest.mark.parametrize("text", ["ស", "“x”", "ç", "😀", "Aក", "\x1b"])
def test_what_the_alphabet_lacks(text: str) -> None:
    assert gsm7.septets(text) is None
    assert gsm7.septet_count(text) is None


@pytest.mark.parametrize(
    ("codes", "text"),
    [("1b41", "A"), ("1b1b41", " A"), ("411b", "A "), ("c1", "A"), ("", "")],
    ids=["unknown in the extension", "escape twice", "escape at the end", "eighth bit", "nothing"],
)
def test_any_septets_show_something(codes: str, text: str) -> None:
    assert gsm7.text_of(bytes.fromhex(codes)) == text


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("hellohello", "e8329bfd4697d9ec37"),
        ("*123#", "aa986c3602"),
        ("*100#", "aa180c3602"),
        ("1234567", "31d98c56b3dd1a"),
        ("12345678", "31d98c56b3dd70"),
    ],
    ids=["ten", "a code", "another", "seven: filled with a carriage return", "eight"],
)
def test_ussd_strings(text: str, octets: str) -> None:
    codes = gsm7.septets(text)
    assert codes is not None
    assert gsm7.packed_ussd(codes) == bytes.fromhex(octets)
    assert gsm7.text_of(gsm7.unpacked_ussd(bytes.fromhex(octets))) == text


def test_a_text_after_a_header_begins_at_a_septet() -> None:
    """TS 23.040 section 9.2.3.24: six octets of header take seven septets, so one bit is over."""
    assert gsm7.packed(b"\x41", 1) == bytes([0x41 << 1])
    assert gsm7.unpacked(bytes([0x41 << 1]), 1, 1) == b"\x41"


@given(texts)
def test_a_text_comes_back(text: str) -> None:
    codes = gsm7.septets(text)
    assert codes is not None
    assert gsm7.text_of(codes) == text
    assert gsm7.septet_count(text) == len(codes)


@given(texts, st.integers(0, 6))
def test_packing_comes_back(text: str, fill_bits: int) -> None:
    codes = gsm7.septets(text)
    assert codes is not None
    octets = gsm7.packed(codes, fill_bits)
    assert len(octets) == -(-(len(codes) * 7 + fill_bits) // 8)
    assert gsm7.unpacked(octets, len(codes), fill_bits) == codes


@given(texts)
def test_a_ussd_string_comes_back(text: str) -> None:
    """All but a carriage return more at the end, which is the same as one (TS 23.038)."""
    codes = gsm7.septets(text)
    assert codes is not None
    back = gsm7.text_of(gsm7.unpacked_ussd(gsm7.packed_ussd(codes)))
    assert back in (text, text + "\r" if text.endswith("\r") else text)


@given(st.binary(max_size=200), st.integers(0, 300), st.integers(0, 8))
def test_any_octets_are_some_text(octets: bytes, count: int, fill_bits: int) -> None:
    codes = gsm7.unpacked(octets, count, fill_bits)
    assert len(codes) <= count
    assert len(gsm7.text_of(codes)) <= len(codes)
    gsm7.text_of(gsm7.unpacked_ussd(octets))
