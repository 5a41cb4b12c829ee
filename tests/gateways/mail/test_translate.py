"""A notice becomes a letter: whose language, which name, and where offers end with one click."""

from datetime import UTC, datetime

import pytest

from tenure.gateways.mail.translate import Stationery, letter
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Dispatch, Notice, NoticeKind, Telling
from tenure.terms import pack
from tenure.values import unsubscribing
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn

SMART = pack.load("smart-kh")
SECRET = bytes(range(32))
WRITTEN = datetime(2026, 11, 22, tzinfo=UTC)
OFFER = {"text": "10 GB for 1 dollar.", "purpose": "partner-offers"}


def paper(url: str = "https://mine.example") -> Stationery:
    return Stationery("notices@tenure.example", notices.wording(SMART), url, SECRET)


def dispatch(
    kind: NoticeKind = NoticeKind.LOCK_SET,
    facts: dict[str, str] | None = None,
    language: str = "km",
    person_id: int | None = 7,
    attempt: int = 1,
) -> Dispatch:
    at = Instant(1_800_000_000_000)
    telling = Telling(Msisdn("85515000000"), person_id, language, kind, facts or {}, at)
    return Dispatch(12 * 1_000 + attempt, Notice(12, telling), "sok@example.com")


def test_a_letter_is_named_after_its_notice_whatever_the_try() -> None:
    names = {letter(paper(), dispatch(attempt=one), WRITTEN).message_id for one in (1, 2, 3)}
    assert names == {"notice-12@tenure.example"}


@pytest.mark.parametrize(("chosen", "wanted"), [("km", "km"), ("en", "en"), ("fr", "en")])
def test_a_letter_says_in_which_language_it_is(chosen: str, wanted: str) -> None:
    made = letter(paper(), dispatch(language=chosen), WRITTEN)
    assert made.language == wanted
    colon = "៖" if wanted == "km" else ":"
    assert made.subject.startswith(f"Smart Axiata{colon} ")
    assert made.text.startswith(f"Smart Axiata{colon} ")
    assert made.sender_name == "Smart Axiata"
    assert made.unsubscribe == ""


def test_an_offer_ends_with_one_click_of_its_own_reader() -> None:
    made = letter(paper(), dispatch(NoticeKind.MARKETING_OFFER, OFFER), WRITTEN)
    where, _, code = made.unsubscribe.rpartition("/")
    assert where == "https://mine.example/unsubscribe"
    assert unsubscribing.read(SECRET, code) == (7, "partner-offers")
    assert "1204" in made.text


def test_without_https_there_is_no_click() -> None:
    offer = dispatch(NoticeKind.MARKETING_OFFER, OFFER)
    for url in ("", "http://mine.example"):
        assert letter(paper(url), offer, WRITTEN).unsubscribe == ""
    nobody = dispatch(NoticeKind.MARKETING_OFFER, OFFER, person_id=None)
    assert letter(paper(), nobody, WRITTEN).unsubscribe == ""


def test_nothing_secret_shows_in_a_repr() -> None:
    assert repr(paper()) == "Stationery(…)"
    assert "sok" not in repr(dispatch())
    assert "sok" not in repr(letter(paper(), dispatch(), WRITTEN))
