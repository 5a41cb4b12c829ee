"""How somebody stands to each purpose, in the words of the pack and in their own language."""

from collections.abc import Sequence

from tenure.gateways.web.translate.lines import Wording, date
from tenure.gateways.web.wire.choices import Choice
from tenure.promises.consent.model import Medium, Stand


def choices(stands: Sequence[Stand], language: str, said: Wording) -> tuple[Choice, ...]:
    """Every purpose, in the language of the person if the operator has it."""
    known = said.terms.languages
    spoken = language if language in known else said.terms.prevailing_language
    return tuple(_choice(stand, spoken, said) for stand in stands)


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
