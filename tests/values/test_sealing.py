"""A sealed value opens with its key at its place, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.values.sealing import (
    KEY_ID_OCTETS,
    NONCE_OCTETS,
    OVERHEAD_OCTETS,
    Key,
    Sealer,
    key_id_of,
    place_of,
)

MINE = Key(b"m" * KEY_ID_OCTETS, b"k" * 32)
OTHER = Key(b"o" * KEY_ID_OCTETS, b"k" * 32)
NONCE = b"n" * NONCE_OCTETS
PLACE = place_of("people.item", "value", 7)


@given(
    value=st.binary(max_size=200), flipped=st.integers(min_value=0), place=st.binary(max_size=20)
)
def test_only_the_key_at_the_place_opens_what_nobody_changed(
    value: bytes, flipped: int, place: bytes
) -> None:
    envelope = Sealer(MINE).seal(NONCE, PLACE, value)
    assert len(envelope) == OVERHEAD_OCTETS + len(value)
    assert key_id_of(envelope) == MINE.key_id
    assert Sealer(MINE).open(PLACE, envelope) == value
    assert Sealer(OTHER).open(PLACE, envelope) is None, "the id is part of the place"
    assert Sealer(MINE).open(place, envelope) is None
    bit = flipped % (len(envelope) * 8)
    changed = bytearray(envelope)
    changed[bit // 8] ^= 1 << bit % 8
    assert Sealer(MINE).open(PLACE, bytes(changed)) is None
    assert Sealer(MINE).open(PLACE, envelope[:-1]) is None


@pytest.mark.parametrize("told", [b"", b"\x01" * 44, b"\x02" * 60])
def test_what_is_no_envelope_needs_no_key(told: bytes) -> None:
    assert key_id_of(told) is None


def test_no_two_lists_of_parts_are_one_place() -> None:
    assert place_of("a", "b") != place_of("ab")
    assert place_of("1") != place_of(1)


def test_a_key_is_never_shown() -> None:
    assert repr(MINE) == "Key(…)"
    assert repr(Sealer(MINE)) == "Sealer(…)"
