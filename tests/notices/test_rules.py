"""The words of notices in every language of every pack, and where a notice may still go."""

import re

import pytest

from tenure.promises.notices import operations as notices
from tenure.promises.notices import rules
from tenure.promises.notices.model import (
    Channel,
    Dropped,
    Notice,
    NoticeKind,
    Reach,
    Send,
    Telling,
)
from tenure.terms import pack
from tenure.terms.notice_kinds import NoticeClass, class_of, facts_of
from tenure.terms.pricelist import Pack
from tenure.values.instant import Instant, iso
from tenure.values.msisdn import Msisdn

AT = Instant(1_800_000_000_123)
SMART, SMARTFREN = pack.load("smart-kh"), pack.load("smartfren-id")
NUMBER, OTHER = Msisdn("85512345678"), Msisdn("85512345679")


def telling(
    kind: NoticeKind = NoticeKind.LOCK_LIFTED,
    *,
    language: str = "en",
    person: int | None = 1,
    channel: Channel = Channel.NUMBER,
) -> Telling:
    facts = {name: _fact(name) for name in facts_of(kind)}
    return Telling(NUMBER, person, language, kind, facts, AT, channel)


def _fact(name: str) -> str:
    if name.endswith("_at"):
        return iso(AT)
    return "1250000" if name.endswith("_micros") else f"<{name}>"


NUMBERLESS = {NoticeClass.SERVICE, NoticeClass.CHANGE, NoticeClass.MARKETING}
"""What concerns the person, whatever their numbers."""
OF_A_PERSON = {NoticeKind.SECURITY_BREACH, *(one for one in NoticeKind if "rights." in one.value)}
"""These too, although others of their class are about a number."""


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("chosen", [SMART, SMARTFREN], ids=["smart-kh", "smartfren-id"])
def test_every_kind_has_words_in_every_language(chosen: Pack, kind: NoticeKind) -> None:
    wording = notices.wording(chosen)
    told = [
        notices.words(wording, telling(kind, language=language))
        for language in chosen.terms.languages
    ]
    own_words = kind is NoticeKind.SELFCARE_REPLY
    assert len(set(told)) == (1 if own_words else len(chosen.terms.languages))
    for text in told:
        assert own_words or text.startswith(chosen.terms.name)
        assert "012 345 678" in text or class_of(kind) in NUMBERLESS or kind in OF_A_PERSON
        assert "{" not in text
        assert "\u2068" not in text


def test_a_language_that_is_not_offered_falls_back_to_the_prevailing_one() -> None:
    wording = notices.wording(SMARTFREN)
    assert SMARTFREN.terms.prevailing_language == "id"
    indonesian = notices.words(wording, telling(language="id"))
    assert notices.words(wording, telling(language="km")) == indonesian
    assert notices.words(wording, telling(language="")) == indonesian
    assert notices.words(wording, telling(language="en")) != indonesian


AMOUNTS = [(SMART, "en", "$1.25"), (SMART, "km", "$1.25"), (SMARTFREN, "id", "Rp1")]


@pytest.mark.parametrize(("chosen", "language", "wanted"), AMOUNTS)
def test_amounts_are_shown_as_people_write_them(chosen: Pack, language: str, wanted: str) -> None:
    told = telling(NoticeKind.USAGE_LOW, language=language)
    assert re.search(rf" {re.escape(wanted)}(\.| )", notices.words(notices.wording(chosen), told))


def test_an_allowance_is_told_by_its_words_and_one_that_is_sold_no_more_by_its_name() -> None:
    wording = notices.wording(SMART)
    for allowance, wanted in (("data-5gb-internet", "អ៊ីនធឺណិត 5 GB"), ("old-plan", "old-plan")):
        facts = {"allowance": allowance}
        told = Telling(NUMBER, 1, "km", NoticeKind.USAGE_ALL, facts, AT)
        assert wanted in notices.words(wording, told)


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("chosen", [SMART, SMARTFREN], ids=["smart-kh", "smartfren-id"])
def test_every_kind_can_be_a_letter_whose_subject_names_nobody(
    chosen: Pack, kind: NoticeKind
) -> None:
    wording = notices.wording(chosen)
    told = [telling(kind, language=language) for language in chosen.terms.languages]
    letters = [notices.letter(wording, one) for one in told]
    assert len({one.subject for one in letters}) == len(letters)
    for one, made in zip(told, letters, strict=True):
        assert made.subject.startswith(chosen.terms.name)
        assert not re.search(r"\d", made.subject)
        assert made.body == notices.words(wording, one)
        assert repr(made) == "Letter(…)"


def test_instants_are_shown_by_the_clocks_of_the_operator() -> None:
    told = Telling(
        NUMBER,
        1,
        "en",
        NoticeKind.LOCK_LIFTING,
        {"lifted_at": "2026-11-22T17:30:00Z"},
        AT,
    )
    assert "23/11/2026 00:30" in notices.words(notices.wording(SMART), told)


HERE = Reach(in_service=True, holder_id=1)
FATES = [
    ("the same holder", telling(), HERE, Send(NUMBER)),
    (
        "nobody then and now",
        telling(person=None),
        Reach(in_service=True, holder_id=None),
        Send(NUMBER),
    ),
    ("another holder", telling(person=2), HERE, Dropped.CHANGED_HANDS),
    ("nobody by now", telling(), Reach(in_service=True, holder_id=None), Dropped.CHANGED_HANDS),
    ("somebody by now", telling(person=None), HERE, Dropped.CHANGED_HANDS),
    ("recycled", telling(), Reach(in_service=False, holder_id=None), Dropped.OUT_OF_SERVICE),
    (
        "a former holder is told on another number",
        telling(person=2, channel=Channel.PERSON),
        Reach(in_service=True, holder_id=1, others=(OTHER,)),
        Send(OTHER),
    ),
    (
        "a former holder without another number is not told on the one that was theirs",
        telling(person=2, channel=Channel.PERSON),
        Reach(in_service=True, holder_id=1),
        Dropped.NO_OTHER_CHANNEL,
    ),
]


@pytest.mark.parametrize(
    ("told", "reach", "wanted"), [row[1:] for row in FATES], ids=[row[0] for row in FATES]
)
def test_a_notice_goes_to_nobody_else(told: Telling, reach: Reach, wanted: Send | Dropped) -> None:
    assert rules.fate(Notice(7, told), reach) == wanted


def test_nothing_of_a_person_shows_in_a_repr() -> None:
    told = telling()
    assert "678" not in repr(told)
    assert "678" not in repr(Notice(7, told))
