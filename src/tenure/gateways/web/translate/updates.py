"""Versions of documents and prices as the page of updates lists them."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from tenure.gateways.web.translate.lines import Wording
from tenure.gateways.web.wire.pages.updates import Listed, Shown, Text
from tenure.promises.consent import operations as consent
from tenure.promises.tariffs.model import PublishedVersion
from tenure.terms.agreements import GENERAL_TERMS, PRIVACY_NOTICE, DocumentVersion
from tenure.terms.model import Terms
from tenure.terms.pricelist import Version
from tenure.terms.writing import day
from tenure.values.instant import Instant

PRICES = "prices"


def listed(
    said: Wording, known: Sequence[PublishedVersion], language: str, at: Instant
) -> list[Listed]:
    """All that was published, newest first; prices as the record has them."""
    terms = said.terms
    documents = [
        Listed(
            name, tuple(_shown(terms, one, language) for one in consent.updates(terms, name, at))
        )
        for name in (PRIVACY_NOTICE, GENERAL_TERMS)
    ]
    return [*documents, Listed(PRICES, tuple(shown_prices(said, known, language)))]


def _shown(terms: Terms, one: DocumentVersion, language: str) -> Shown:
    return Shown(
        one.version,
        _day(terms, one.published_at),
        _day(terms, one.effective_from),
        one.changes[language],
    )


def shown_prices(said: Wording, known: Sequence[PublishedVersion], language: str) -> list[Shown]:
    """The versions of the prices that the record has, newest first; none that was withdrawn."""
    terms = said.terms
    found = {one.version_id: one for one in said.prices}
    shown = [one for one in known if one.withdrawn_at is None]
    return [
        Shown(
            one.version_id,
            _day(terms, _published_at(found, one)),
            "" if one.in_force_from is None else _day(terms, one.in_force_from),
            found[one.version_id].summary.get(language, "") if one.version_id in found else "",
            readable=one.version_id in found,
        )
        for one in sorted(shown, key=lambda one: one.effective_from, reverse=True)
    ]


def _published_at(found: Mapping[str, Version], one: PublishedVersion) -> Instant:
    """When it was published: of those that were in force when the record began, the pack says."""
    version = found.get(one.version_id)
    return version.published_at if one.founding and version is not None else one.published_at


def text(terms: Terms, document: str, version: str, language: str, at: Instant) -> Text | None:
    """One published version with its text and the one before it; None if there is no such."""
    found = consent.updates(terms, document, at)
    for place, one in enumerate(found):
        if one.version == version:
            former = found[place + 1] if place + 1 < len(found) else None
            return Text(
                document,
                _shown(terms, one, language),
                one.texts[language],
                "" if former is None else former.version,
                "" if former is None else former.texts[language],
            )
    return None


def _day(terms: Terms, at: Instant) -> str:
    return day(at, ZoneInfo(terms.time_zone))


def language_of(terms: Terms, asked: str, accepted: str) -> str:
    """GTC-LANG: the language that is asked for, else one that the browser names, else the
    prevailing one."""
    wanted = [asked, *(part.split(";")[0].split("-")[0].strip() for part in accepted.split(","))]
    return next((one for one in wanted if one in terms.languages), terms.prevailing_language)
