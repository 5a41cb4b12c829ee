"""How somebody stands to each purpose, in the words of the pack and in their own language."""

from collections.abc import Sequence

from tenure.gateways.web.translate.lines import Wording, date
from tenure.gateways.web.wire.choices import Choice, Notice
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import Agreed, Medium, Stand
from tenure.terms.agreements import PRIVACY_NOTICE
from tenure.values.instant import Instant


def choices(stands: Sequence[Stand], language: str, said: Wording) -> tuple[Choice, ...]:
    """Every purpose, in the language of the person if the operator has it."""
    known = said.terms.languages
    spoken = language if language in known else said.terms.prevailing_language
    return tuple(_choice(stand, spoken, said) for stand in stands)


def notice(agreed: Agreed, language: str, said: Wording, at: Instant) -> Notice | None:
    """The newest notice that was published, and whether it was acknowledged; None before any."""
    terms = said.terms
    newest = next(iter(consent.updates(terms, PRIVACY_NOTICE, at)), None)
    if newest is None:
        return None
    spoken = language if language in terms.languages else terms.prevailing_language
    seen = [
        one.at
        for one in agreed.acknowledgements
        if one.version == newest.version and one.acknowledgement.document == PRIVACY_NOTICE
    ]
    return Notice(
        newest.version,
        spoken,
        date(newest.published_at, said.zone),
        newest.changes[spoken],
        date(min(seen), said.zone) if seen else "",
    )


def _choice(stand: Stand, language: str, said: Wording) -> Choice:
    words = stand.purpose.texts[language]
    begun = [stand.media[one] for one in stand.open]
    since = min((event.at for event in begun if event is not None), default=None)
    media = [one.value for one in stand.media if one in stand.open and one is not Medium.NONE]
    return Choice(
        name=stand.purpose.name,
        language=language,
        title=words.title,
        text=words.text,
        without=words.without,
        is_open=bool(stand.open),
        by=", ".join(media),
        since="" if since is None else date(since, said.zone),
        uses=", ".join(stand.purpose.data),
        given_to=", ".join(stand.purpose.recipients),
        media=", ".join(one.value for one in stand.media if one is not Medium.NONE),
    )
