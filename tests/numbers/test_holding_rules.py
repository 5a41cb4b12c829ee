"""How cards, IMSIs, keys and number files are read, and sealed; tables, and then laws."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.promises.numbers import rules
from tenure.promises.numbers.model import HoldingRefusal as R
from tenure.promises.numbers.model import NumberRange, SealedSim, SimCard, SimKey, SimKeys
from tenure.promises.numbers.rules import holding, sealing, stock
from tenure.terms import pack
from tenure.values.instant import parse_instant
from tenure.values.msisdn import Iccid, Imsi, Msisdn
from tenure.values.refused import Refused

KH = pack.load("smart-kh").terms
GOOD = "8985506000000000029"
KI = "0123456789abcdef" * 2

ICCIDS = [
    (GOOD, None),
    ("8985 5060 0000 0000 029", None),
    ("8985506-000-000-000-029", None),
    (f"{GOOD}F", None),
    (f"{GOOD}f", None),
    (f"  {GOOD} ", None),
    ("8985506000000000028", R.ICCID_CHECK_DIGIT),
    ("8985506000000000092", R.ICCID_CHECK_DIGIT),
    ("898550600000000002", R.ICCID_MALFORMED),
    (f"{GOOD}00", R.ICCID_MALFORMED),
    ("7985506000000000029", R.ICCID_MALFORMED),
    ("89855060000000000٢9", R.ICCID_MALFORMED),
    ("", R.ICCID_MALFORMED),
    ("card", R.ICCID_MALFORMED),
]


@pytest.mark.parametrize(("typed", "refusal"), ICCIDS)
def test_a_card_number_is_read_as_people_write_it(typed: str, refusal: R | None) -> None:
    found = rules.iccid(typed)
    assert (found.refusal if isinstance(found, Refused) else None) is refusal
    if refusal is None:
        assert found == GOOD


@given(st.text("0123456789", min_size=15, max_size=17), st.integers(0, 18), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(digits: str, place: int, more: int) -> None:
    card = f"89{digits}" + rules.check_digit(f"89{digits}")
    assert not isinstance(rules.iccid(card), Refused) or len(card) < 19
    place %= len(card)
    wrong = card[:place] + str((int(card[place]) + more) % 10) + card[place + 1 :]
    assert isinstance(rules.iccid(wrong), Refused)


ROWS = [
    ({}, None),
    ({"iccid": ""}, R.FIELD_MISSING),
    ({"ki": ""}, R.FIELD_MISSING),
    ({"iccid": "8985506000000000028"}, R.ICCID_CHECK_DIGIT),
    ({"imsi": "4560612345678901"}, R.IMSI_MALFORMED),
    ({"imsi": "456 06 123456789"}, R.IMSI_MALFORMED),
    ({"imsi": "456011234567890"}, R.IMSI_OF_ANOTHER_NETWORK),
    ({"imsi": "001011234567890"}, R.IMSI_OF_ANOTHER_NETWORK),
    ({"algorithm": "comp128v1"}, R.ALGORITHM_UNKNOWN),
    ({"opc": ""}, R.KEYS_MALFORMED),
    ({"algorithm": "comp128v3"}, R.KEYS_MALFORMED),
    ({"algorithm": "comp128v3", "opc": ""}, None),
    ({"ki": KI[:-1] + "g"}, R.KEYS_MALFORMED),
    ({"ki": KI.upper(), "algorithm": "MILENAGE"}, None),
    # The gravest is named first.
    ({"iccid": "1", "imsi": "2", "ki": "3"}, R.ICCID_MALFORMED),
]


@pytest.mark.parametrize(("changed", "refusal"), ROWS)
def test_a_row_of_a_sim_file(changed: dict[str, str], refusal: R | None) -> None:
    right = {
        "iccid": GOOD,
        "imsi": "456061234567890",
        "ki": KI,
        "opc": KI,
        "algorithm": "milenage",
    }
    found = rules.sim_card(right | changed, KH.home_plmns)
    assert (found.refusal if isinstance(found, Refused) else None) is refusal
    if isinstance(found, Refused):
        assert KI[:6] not in found.detail


def test_every_refusal_of_a_row_has_its_field() -> None:
    assert {refusal for _, refusal in ROWS if refusal} <= set(rules.FIELD_OF)


RANGES = [
    ("85516000000", "85516000099", "gold", None),
    ("016 000 000", "016 000 099", "", None),
    ("+855 16 000 000", "", "", None),
    ("", "", "", R.FIELD_MISSING),
    ("0", "", "", R.NUMBER_MALFORMED),
    ("+8613800000000", "", "", R.NUMBER_MALFORMED),
    ("016000099", "016000000", "", R.RANGE_MALFORMED),
    ("016000000", "0160000000", "", R.RANGE_MALFORMED),
    ("016000000", "", "Gold", R.CLASS_MALFORMED),
    ("016000000", "", "gold; drop", R.CLASS_MALFORMED),
]


@pytest.mark.parametrize(("first", "last", "kind", "refusal"), RANGES)
def test_a_row_of_a_number_file(first: str, last: str, kind: str, refusal: R | None) -> None:
    found = rules.number_range({"first": first, "last": last, "class": kind}, KH)
    assert (found.refusal if isinstance(found, Refused) else None) is refusal
    if isinstance(found, NumberRange):
        assert found.first.startswith("85516")
        assert found.number_class == (kind or "ordinary")


def _range(first: int, last: int, kind: str) -> NumberRange:
    return NumberRange(
        Msisdn(str(85_516_000_000 + first)), Msisdn(str(85_516_000_000 + last)), kind
    )


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 8), st.sampled_from(["ordinary", "gold"])),
        max_size=20,
    )
)
def test_no_number_is_stocked_twice(rows: list[tuple[int, int, str]]) -> None:
    given_rows = [_range(first, first + more, kind) for first, more, kind in rows]
    found = stock.stocked(given_rows, {})
    taken: set[int] = set()
    for one in found.new:
        numbers = set(range(int(one.first), int(one.last) + 1))
        assert not numbers & taken
        taken |= numbers
    for special in found.special:
        assert int(special.first) in taken
    told = len(found.new) + len(found.special) + found.known + len(found.refused)
    assert told == len(given_rows)
    # A second import of what was taken finds it all there.
    there = {place: [one] for place, one in enumerate(found.new)}
    again = stock.stocked(found.new, there)
    assert (again.new, again.known) == ((), len(found.new))


CARD = SimCard(Iccid(GOOD), Imsi("456061234567890"), SimKeys(KI, KI, "milenage"))
KEY = SimKey(bytes(32))


def test_keys_come_back_under_their_key_and_on_their_card_only() -> None:
    sealed = sealing.sealed(CARD, KEY, bytes(12))
    assert sealing.unsealed(sealed, KEY) == CARD.keys
    assert sealing.unsealed(sealed, SimKey(b"x" * 32)) is None
    other = SealedSim(Iccid("8985506000000000011"), sealed.imsi, sealed.sealed)
    assert sealing.unsealed(other, KEY) is None
    moved = SealedSim(sealed.iccid, Imsi("456061234567891"), sealed.sealed)
    assert sealing.unsealed(moved, KEY) is None


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_sealed_key_that_was_changed_is_not_read(place: int, flip: int) -> None:
    sealed = sealing.sealed(CARD, KEY, bytes(12))
    octets = bytearray(sealed.sealed)
    octets[place % len(octets)] ^= flip
    assert sealing.unsealed(SealedSim(CARD.iccid, CARD.imsi, bytes(octets)), KEY) is None


def test_nothing_shows_a_key_or_a_card() -> None:
    shown = repr(CARD) + repr(CARD.keys) + repr(sealing.sealed(CARD, KEY, bytes(12)))
    for secret in (KI, GOOD, CARD.imsi):
        assert secret not in shown


OF_AGE = [
    (date(2009, 1, 15), "2027-01-14T23:59:59+07:00", False),
    (date(2009, 1, 15), "2027-01-15T00:00:00+07:00", True),
    (date(2008, 2, 29), "2026-02-27T23:59:59+07:00", False),
    (date(2008, 2, 29), "2026-02-28T00:00:00+07:00", True),
    (date(1990, 1, 31), "2027-01-15T00:00:00Z", True),
]


@pytest.mark.parametrize(("born_on", "at", "adult"), OF_AGE)
def test_when_somebody_comes_of_age(born_on: date, at: str, *, adult: bool) -> None:
    assert holding.of_age(born_on, KH, parse_instant(at)) is adult
