"""What people write to a short number, and what it is taken for; no Python is needed to read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.selfcare.hearing import asked
from tenure.terms.menus import Deed
from tests.selfcare.given import DESK, DESK_ID

KHMER, INDONESIAN = DESK, DESK_ID
UNKNOWN = None


@pytest.mark.parametrize(
    ("text", "deed", "argument"),
    [
        ("BAL", Deed.BALANCE, ""),
        ("bal", Deed.BALANCE, ""),
        (" Balance ? ", Deed.BALANCE, ""),
        ("ＢＡＬ", Deed.BALANCE, ""),
        ("សមតុល្យ", Deed.BALANCE, ""),
        ("សម\u200bតុល្យ។", Deed.BALANCE, ""),
        ("please bal", UNKNOWN, ""),
        ("BALL", UNKNOWN, ""),
        ("topup 12345678901234", Deed.TOP_UP, "12345678901234"),
        ("TOP-UP 1234 5678 9012 34", Deed.TOP_UP, "1234 5678 9012 34"),
        ("TOPUP12345678901234", Deed.TOP_UP, "12345678901234"),
        ("12345678901234", Deed.TOP_UP, "12345678901234"),
        ("1234-5678-9012-34", Deed.TOP_UP, "12345678901234"),
        ("បញ្ចូលលុយ ១២៣៤៥៦៧៨៩០១២៣៤", Deed.TOP_UP, "12345678901234"),
        ("1234567890123", UNKNOWN, ""),
        ("STOP", Deed.STOP, ""),
        ("stop!!!", Deed.STOP, ""),
        ("STOP please", Deed.STOP, "please"),
        ("ឈប់", Deed.STOP, ""),
        ("Stop ads", Deed.END_MARKETING, ""),
        ("1204", Deed.END_MARKETING, ""),
        ("១២០៤", Deed.END_MARKETING, ""),
        ("lock", Deed.LOCK, ""),
        ("LANG km", Deed.LANGUAGE, "km"),
        ("ភាសា English", Deed.LANGUAGE, "english"),
        ("888", Deed.HELP, ""),
        ("ជំនួយ", Deed.HELP, ""),
        ("", UNKNOWN, ""),
        ("😀👍🏽", UNKNOWN, ""),
        ("... ?", UNKNOWN, ""),
        ("ВАL", UNKNOWN, ""),
        ("x" * 1_600, UNKNOWN, ""),
        ("BAL " + "x" * 1_600, Deed.BALANCE, "x" * 196),
        ("សួស្តី bal", UNKNOWN, ""),
    ],
)
def test_texts_to_888(text: str, deed: Deed | None, argument: str) -> None:
    found = asked(KHMER.menus, KHMER.terms.vouchers.pin_digits, "888", text)
    assert (found and found.deed, found.argument if found else "") == (deed, argument)


@pytest.mark.parametrize(
    ("text", "deed"),
    [
        ("PULSA", Deed.BALANCE),
        ("cek pulsa", Deed.BALANCE),
        ("ISI 12345678901234", Deed.TOP_UP),
        ("isi ulang 12345678901234", Deed.TOP_UP),
        ("BERHENTI", Deed.STOP),
        ("Stop iklan", Deed.END_MARKETING),
        ("UNREG", Deed.END_MARKETING),
        ("KUNCI", Deed.LOCK),
        ("BAHASA", Deed.LANGUAGE),
        ("BANTUAN", Deed.HELP),
        ("BAL", Deed.BALANCE),
        ("សមតុល្យ", UNKNOWN),
    ],
)
def test_texts_in_indonesia(text: str, deed: Deed | None) -> None:
    found = asked(INDONESIAN.menus, INDONESIAN.terms.vouchers.pin_digits, "888", text)
    assert (found and found.deed) == deed


@given(st.text(max_size=50))
def test_any_text_to_1204_ends_advertising(text: str) -> None:
    found = asked(KHMER.menus, 14, "1204", text)
    assert found is not None
    assert found.deed is Deed.END_MARKETING


@given(st.text(max_size=2_000), st.text(max_size=10))
def test_any_text_to_any_number_means_something_or_nothing(text: str, number: str) -> None:
    found = asked(KHMER.menus, 14, number, text)
    assert found is None or found.deed in list(Deed)
