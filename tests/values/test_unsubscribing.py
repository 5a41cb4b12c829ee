"""The code of an unsubscribe link: it says what it was made for, and nobody else can make one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.values import unsubscribing

SECRET = bytes(range(32))
CODE = unsubscribing.code_of(SECRET, 7, "partner-offers")
PURPOSES = st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True)


@given(st.integers(0, 2**63 - 1), PURPOSES)
def test_a_code_says_what_it_was_made_for(person_id: int, purpose: str) -> None:
    code = unsubscribing.code_of(SECRET, person_id, purpose)
    assert code.replace("-", "").replace("_", "").isalnum()
    assert unsubscribing.read(SECRET, code) == (person_id, purpose)


@pytest.mark.parametrize(
    "code",
    ["", "x", CODE[:-1], f"{CODE}A", CODE.swapcase(), f"{CODE}=", "A" * 120, f"{CODE}/..", "ខ្មែរ"],
)
def test_any_other_text_is_none(code: str) -> None:
    assert unsubscribing.read(SECRET, code) is None


def test_the_code_of_another_installation_is_none() -> None:
    assert unsubscribing.read(bytes(32), CODE) is None


@given(st.integers(0, len(CODE) - 1), st.sampled_from("AZaz09-_"))
def test_no_letter_of_it_can_be_changed(place: int, letter: str) -> None:
    changed = CODE[:place] + letter + CODE[place + 1 :]
    found = unsubscribing.read(SECRET, changed)
    assert found is None or (changed == CODE or found == (7, "partner-offers"))


@given(st.text(max_size=130))
def test_noise_is_none(text: str) -> None:
    assert unsubscribing.read(SECRET, text) in (None, (7, "partner-offers"))
