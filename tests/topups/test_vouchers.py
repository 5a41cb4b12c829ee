"""Cards: drawn fairly, kept as keyed hashes, locked after wrong PINs, ended by shelf life."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.promises.topups.model import (
    Buy,
    Card,
    Pin,
    Redeem,
    Refusal,
    TopUp,
    Voucher,
    VoucherKey,
    VoucherState,
    WrongPins,
)
from tenure.promises.topups.rules import vouchers
from tenure.values.instant import MINUTE_MS, Instant
from tenure.values.refused import Refused
from tests.topups.given import END, chance, instant, rows, terms

FORM = terms().vouchers
KEY = VoucherKey(bytes(range(32)))


def card(*, blocked: bool = False, used: bool = False) -> Voucher:
    at = Instant(END - 1)
    return Voucher(1, 1, 1, 1, END, at if blocked else None, at if used else None)


STATE = """
    card    | at     | state
    fresh   | end-1s | ISSUED
    fresh   | end    | EXPIRED
    fresh   | end+1s | EXPIRED
    used    | end-1s | USED
    used    | end+1s | USED
    blocked | end-1s | BLOCKED
    blocked | end+1s | BLOCKED
"""


@pytest.mark.parametrize("row", rows(STATE), ids=" ".join)
def test_the_state_of_a_card_is_computed_for_the_instant(row: list[str]) -> None:
    what, at, state = row
    voucher = card(blocked=what == "blocked", used=what == "used")

    assert vouchers.state(voucher, instant(at)) is VoucherState[state]
    refusal = vouchers.refusal(voucher, instant(at))
    assert (refusal is None) == (state == "ISSUED")


# The third wrong PIN in a row, at `end`, locks the line for 30 minutes.
LOCK = """
    wrong in a row | at         | answer
                 0 | end        | free
                 2 | end+1s     | free
                 3 | end        | LOCKED_OUT
                 3 | end+30m-1s | LOCKED_OUT
                 3 | end+30m    | free
                 3 | end+30m+1s | free
                 9 | end+1s     | LOCKED_OUT
"""


@pytest.mark.parametrize("row", rows(LOCK), ids=" ".join)
def test_a_line_is_locked_for_a_while_and_nothing_has_to_unlock_it(row: list[str]) -> None:
    in_a_row, at, answer = row

    found = vouchers.locked(WrongPins(int(in_a_row), END), FORM, instant(at))

    assert ("free" if found is None else found.refusal.name) == answer


COUNT = """
    wrong so far | the next one at | wrong then
               0 | end             | 1
               1 | end+1s          | 2
               2 | end+30m-1s      | 3
               2 | end+30m         | 1
               3 | end+30m         | 1
"""


@pytest.mark.parametrize("row", rows(COUNT), ids=" ".join)
def test_wrong_pins_lapse_after_as_long_as_a_lock_lasts(row: list[str]) -> None:
    so_far, at, then = row

    counted = vouchers.after_wrong(WrongPins(int(so_far), END), FORM, instant(at))

    assert counted == WrongPins(int(then), instant(at))


def test_so_few_guesses_are_possible_that_guessing_is_hopeless() -> None:
    """In a year of trying as often as allowed, on one line, with as many cards as may be out."""
    guesses_a_year = 365 * 24 * 60 // FORM.locked_minutes * FORM.wrong_pins_max

    assert guesses_a_year / vouchers.PINS_PER_VOUCHER_MIN < 0.01


ISSUABLE = """
    to issue | outstanding | answer
           1 |           0 | issued
     1000000 |     9000000 | issued
     1000000 |     9000001 | PIN_SPACE_TOO_SMALL
           0 |           0 | BATCH_INVALID
          -1 |           0 | BATCH_INVALID
     1000001 |           0 | BATCH_INVALID
"""


@pytest.mark.parametrize("row", rows(ISSUABLE), ids=" ".join)
def test_never_so_many_cards_that_a_pin_could_be_guessed(row: list[str]) -> None:
    count, outstanding, answer = row

    refusal = vouchers.issuable(int(count), int(outstanding), FORM)

    assert ("issued" if refusal is None else refusal.refusal.name) == answer


PINS = """
    typed                | read
    12345678901234       | 12345678901234
    1234 5678 9012 34    | 12345678901234
    1234-5678-9012-34    | 12345678901234
    ១២៣៤៥៦៧៨៩០១២៣៤ | 12345678901234
    1234567890123        | malformed
    123456789012345      | malformed
    1234567890123x       | malformed
    -                    | malformed
    +1234567890123       | malformed
    ²2345678901234       | malformed
"""


@pytest.mark.parametrize("row", rows(PINS), ids=lambda row: str(row[0]))
def test_a_pin_is_read_as_people_type_it(row: list[str]) -> None:
    typed, read = row

    pin = vouchers.pin_of(typed, FORM)

    if read == "malformed":
        assert isinstance(pin, Refused)
        assert pin.refusal is Refusal.PIN_MALFORMED
    else:
        assert isinstance(pin, Pin)
        assert str(pin) == read


@given(st.integers(1, 300), st.integers(3, 14), st.integers())
def test_pins_are_different_and_have_their_form(count: int, digits: int, seed: int) -> None:
    pins = list(vouchers.draw_pins(chance(seed), count, digits))

    assert len(set(pins)) == len(pins) == count
    assert all(len(pin) == digits and pin.isdecimal() for pin in pins)


def test_what_would_make_small_numbers_likelier_is_thrown_away() -> None:
    unfair = b"\xff" * 8  # beyond the last whole multiple of 10**14
    fair = (7).to_bytes(8)
    octets = itertools.chain([unfair], itertools.repeat(fair))

    [pin] = vouchers.draw_pins(lambda _: next(octets), 1, 14)

    assert str(pin) == "00000000000007"


def test_without_the_key_a_hash_tells_nothing() -> None:
    pin = Pin("12345678901234")
    other = VoucherKey(bytes(32))

    assert vouchers.pin_hash(KEY, pin) == vouchers.pin_hash(KEY, pin)
    assert vouchers.pin_hash(KEY, pin) != vouchers.pin_hash(other, pin)
    assert len(vouchers.pin_hash(KEY, pin)) == 32
    assert vouchers.key_id(KEY) != vouchers.key_id(other)


def test_no_secret_has_a_readable_repr() -> None:
    shown = repr((Pin("12345678901234"), KEY, Card(1, Pin("12345678901234"))))
    shown += repr(Redeem("85512345678", Pin("12345678901234"), "k", END))
    shown += repr((TopUp("85512345678", 1, "k", END), Buy("85512345678", "week", "k", END, 0)))

    assert "1234567890" not in shown
    assert "85512345678" not in shown
    assert "\\x01\\x02" not in shown


def test_the_tries_that_are_left_are_told() -> None:
    assert vouchers.unknown(WrongPins(1, END), FORM).detail.endswith("tries left: 2")
    assert vouchers.unknown(WrongPins(3, END), FORM).detail.endswith("locked for 30 minutes")
    assert vouchers.locked_until(WrongPins(3, END), FORM) == END + 30 * MINUTE_MS
