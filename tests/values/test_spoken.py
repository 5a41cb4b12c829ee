"""Texts from phones as keywords hear them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.values.spoken import HEARD_MAX, heard, without


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("BAL", "bal"),
        ("  bal \r\n", "bal"),
        ("Bal!", "bal"),
        ('"STOP".', "stop"),
        ("ＳＴＯＰ", "stop"),
        ("ｂａｌ　１２", "bal 12"),
        ("top-up 1234-5678", "top up 1234 5678"),
        ("សមតុល្យ", "សមតុល្យ"),
        ("សម\u200bតុល្យ។", "សមតុល្យ"),
        ("១២០៤", "1204"),
        ("stop 🙏", "stop"),
        ("👍🏽", ""),
        ("1\ufe0f\u20e3", "1"),
        ("", ""),
        ("… !? 😀", ""),
        ("BERHENTI", "berhenti"),
        ("Isi Ulang", "isi ulang"),
    ],
)
def test_heard(text: str, words: str) -> None:
    assert heard(text) == words


@pytest.mark.parametrize(
    ("text", "keyword", "rest"),
    [
        ("bal", "bal", ""),
        ("balance", "bal", None),
        ("top up 12", "top up", "12"),
        ("សមតុល្យ", "សមតុល្យ", ""),
        ("បញ្ចូលលុយ12345", "បញ្ចូលលុយ", "12345"),
        ("a bal", "bal", None),
        ("anything", "", None),
    ],
)
def test_what_follows_a_keyword(text: str, keyword: str, rest: str | None) -> None:
    assert without(text, keyword) == rest


def test_a_long_text_is_looked_at_no_further() -> None:
    assert heard("x" * 1_600) == "x" * HEARD_MAX


@given(st.text(max_size=300))
def test_heard_again_is_the_same(text: str) -> None:
    assert heard(heard(text)) == heard(text)
