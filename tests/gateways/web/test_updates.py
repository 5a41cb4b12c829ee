"""The page of recent updates: everybody may read what binds them, in their language."""

import msgspec
import pytest

from tenure.gateways.web.translate.updates import language_of, text
from tenure.gateways.web.wire.pages import updates as pages
from tenure.gateways.web.wire.pages.frame import Frame
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.record.model import Act
from tenure.promises.tariffs import operations as tariffs
from tenure.terms import pack
from tenure.terms.model import Terms
from tenure.values.instant import DAY_MS, Instant
from tests.gateways.web.visiting import Clock, browser, site_over

SMART = pack.load("smart-kh")
OPERATORS = [pack.load(name).terms for name in pack.names()]


async def test_every_version_is_listed_with_its_last_update(pool: Pool) -> None:
    clock = Clock()
    await perform(pool, tariffs.found, SMART, Act("<tenure>", clock.now(), bytes(range(32))))
    async with browser(site_over(pool, clock)) as client:
        english = (await client.get("/updates")).text
        khmer = (await client.get("/updates", headers={"accept-language": "km-KH,en;q=0.5"})).text
        asked = (await client.get("/updates?language=km")).text

    assert "Privacy notice<small>Last update: 23/10/2025" in english
    assert "General terms<small>Last update: 31/07/2021" in english
    assert english.index("2026-10") < english.index("2026-01")
    assert "<div lang='km'>" in khmer
    assert "ធ្វើបច្ចុប្បន្នភាពចុងក្រោយ៖ 23/10/2025" in khmer
    assert khmer == asked


async def test_a_version_is_read_in_full_and_its_text_is_not_markup(pool: Pool) -> None:
    async with browser(site_over(pool, Clock())) as client:
        found = await client.get("/updates/privacy-notice/2025-10-23?language=en")
        unknown = await client.get("/updates/privacy-notice/2019-01-01")
        strange = await client.get("/updates/<script>/x")

    assert found.status_code == 200
    assert "<h3>Privacy notice</h3>" in found.text
    assert "<li>Customers: contact; identification" in found.text
    assert "This is the first version." in found.text
    assert (unknown.status_code, strange.status_code) == (404, 404)
    assert "<script>/x" not in strange.text


def _with_another(terms: Terms) -> Terms:
    """The terms with a privacy notice that has one sentence more, and one less."""
    first = next(one for one in terms.consents.documents if one.document == "privacy-notice")
    later = msgspec.structs.replace(
        first,
        version="2027-01-01",
        published_at=Instant(first.published_at + DAY_MS),
        effective_from=Instant(first.effective_from + DAY_MS),
        texts={name: f"{body}\n\nA new & <b>bold</b> one.\n" for name, body in first.texts.items()},
        changes=dict.fromkeys(first.texts, "One sentence is new."),
    )
    documents = (*terms.consents.documents, later)
    return msgspec.structs.replace(
        terms, consents=msgspec.structs.replace(terms.consents, documents=documents)
    )


def test_what_differs_from_the_version_before_is_shown() -> None:
    terms = _with_another(SMART.terms)
    at = Instant(2_000_000_000_000)

    found = text(terms, "privacy-notice", "2027-01-01", "en", at)
    assert found is not None
    page = pages.read(Frame("Smart"), terms.languages, "en", found)

    assert "What differs from 2025-10-23" in page
    assert "<ins>A new &amp; &lt;b&gt;bold&lt;/b&gt; one.</ins>" in page
    assert page.count("<ins>") == 1
    assert "<del>" not in page


def test_what_is_not_published_yet_is_not_shown() -> None:
    terms = _with_another(SMART.terms)
    first = next(one for one in terms.consents.documents if one.version == "2025-10-23")
    just_before = Instant(first.published_at + DAY_MS - 1)

    assert text(terms, "privacy-notice", "2027-01-01", "en", just_before) is None
    assert text(terms, "privacy-notice", "2027-01-01", "en", Instant(just_before + 1)) is not None


@pytest.mark.parametrize("terms", OPERATORS, ids=[one.operator for one in OPERATORS])
def test_every_language_of_every_operator_has_the_words(terms: Terms) -> None:
    names = set(pages.WORDS["en"])
    for language in terms.languages:
        assert set(pages.WORDS[language]) == names
        assert all(pages.WORDS[language].values())
        assert pages.NAMES[language]


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("km", "en", "km"),
        ("", "km-KH,km;q=0.9", "km"),
        ("", "fr-FR,fr;q=0.9,km;q=0.1", "km"),
        ("xx", "", "en"),
        ("", "", "en"),
        ("'><script>", "*", "en"),
    ],
)
def test_the_language_is_one_of_the_operator(asked: str, accepted: str, language: str) -> None:
    assert language_of(SMART.terms, asked, accepted) == language


async def test_what_is_held_is_the_register_itself(pool: Pool) -> None:
    async with browser(site_over(pool, Clock())) as client:
        listed = (await client.get("/updates?language=en")).text
        english = await client.get("/updates/what-is-held?language=en")
        khmer = await client.get("/updates/what-is-held?language=km")

    assert "href='/updates/what-is-held?language=en'" in listed
    assert (english.status_code, khmer.status_code) == (200, 200)
    for language, page in (("en", english.text), ("km", khmer.text)):
        for kind in SMART.terms.people.kinds:
            assert f"<h4>{kind.title[language]}</h4>" in page
        for one in SMART.terms.privacy.website.cookies:
            assert one.records[language] in page
    assert "<li>Date of birth (Identification): Needed. Without it we cannot" in english.text
