"""Yes and no: what each comes to, and how somebody stands by everything they ever said."""

import hmac
import re
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from tenure.promises.consent.model import (
    Before,
    Event,
    How,
    Medium,
    No,
    Refusal,
    Shown,
    Stand,
    Word,
    Yes,
)
from tenure.promises.consent.rules.texts import sha256_of, shown_of
from tenure.promises.record.model import Act
from tenure.promises.record.rules import canonical
from tenure.terms.agreements import DocumentVersion, Purpose
from tenure.terms.model import Terms
from tenure.values.age import comes_of_age_at
from tenure.values.instant import DAY_MS, Instant
from tenure.values.refused import Refused

Topic: TypeAlias = tuple[str, Medium]
"""A purpose by one medium."""
LastWords: TypeAlias = Mapping[Topic, Event]
"""Of one person."""

_EVIDENCE: Final = re.compile(r"[\x20-\x7e]{0,200}")


def folded(events: Iterable[Event]) -> dict[Topic, Event]:
    """The last word about each topic, of one person's events in any order."""
    last: dict[Topic, Event] = {}
    for event in events:
        topic = (event.purpose, event.medium)
        if topic not in last or event.seq > last[topic].seq:
            last[topic] = event
    return last


def stands(event: Event | None, purpose: Purpose | None, at: Instant) -> bool:
    """Whether a last word is a yes that counts: for this meaning, begun, and not over."""
    if event is None or purpose is None or event.word is not Word.GIVEN or event.shown is None:
        return False
    is_open = event.at <= at and (event.until is None or at < event.until)
    return is_open and event.shown.meaning == purpose.meaning


def standing(last: LastWords, terms: Terms, at: Instant) -> tuple[Event, ...]:
    """Every yes in force."""
    known = terms.consents.purpose
    return tuple(event for event in last.values() if stands(event, known(event.purpose), at))


def overview(last: LastWords, terms: Terms, at: Instant) -> tuple[Stand, ...]:
    """How somebody stands to each purpose of the operator, in the order of the pack."""
    found = []
    for purpose in terms.consents.purposes:
        media = {one: last.get((purpose.name, one)) for one in _media(purpose)}
        is_open = frozenset(one for one, event in media.items() if stands(event, purpose, at))
        found.append(Stand(purpose, media, is_open))
    return tuple(found)


def given(
    yes: Yes, last: LastWords, terms: Terms, notice: DocumentVersion | None, act: Act
) -> tuple[Event, ...] | Refused[Refusal]:
    """The new words that a yes comes to; none when all of it was said before and still counts.

    ``notice`` is the privacy notice in force.  The yes of a guardian ends on the birthday on which
    the person decides alone (PRV-MINOR).
    """
    topics = _topics_of_yes(yes, terms)
    if isinstance(topics, Refused):
        return topics
    if notice is None:
        return Refused(Refusal.NOT_IN_FORCE, "no privacy notice is in force; publish one first")
    adult_at = _decides_alone_at(yes, terms, act.at)
    if isinstance(adult_at, Refused):
        return adult_at
    new: list[Event] = []
    for purpose, medium in topics:
        before = last.get((purpose.name, medium))
        if before is not None and before.word is not Word.GIVEN and act.at <= before.at:
            return Refused(
                Refusal.WITHDRAWN_SINCE,
                "a no of the same instant or a later one is the stricter word; say yes again",
            )
        said = _said(yes.whose.person_id, (purpose.name, medium), before, (yes.by, yes.how), act)
        until = _until(purpose, adult_at, said.at)
        if not stands(before, purpose, said.at) or _extends(before, until):
            shown = _shown(purpose, notice, yes.how.language)
            said = msgspec.structs.replace(said, word=Word.GIVEN, until=until, shown=shown)
            new.append(said)
    return tuple(new)


def _topics_of_yes(yes: Yes, terms: Terms) -> tuple[tuple[Purpose, Medium], ...] | Refused[Refusal]:
    found: list[tuple[Purpose, Medium]] = []
    for name in dict.fromkeys(yes.purposes):
        purpose = terms.consents.purpose(name)
        if purpose is None:
            return _unknown(terms)
        if any(medium not in _media(purpose) for medium in yes.media):
            detail = f"{name} contacts by {', '.join(purpose.media)}"
            return Refused(Refusal.UNKNOWN_MEDIUM, detail)
        chosen = dict.fromkeys(yes.media) or _media(purpose)
        found.extend((purpose, medium) for medium in chosen)
    if yes.how.language not in terms.languages:
        detail = f"the languages are {', '.join(terms.languages)}"
        return Refused(Refusal.UNKNOWN_LANGUAGE, detail)
    return unusable(yes.how) or tuple(found) or _unknown(terms)


def _unknown(terms: Terms) -> Refused[Refusal]:
    names = ", ".join(one.name for one in terms.consents.purposes)
    return Refused(Refusal.UNKNOWN_PURPOSE, f"the purposes are {names}")


def _media(purpose: Purpose) -> tuple[Medium, ...]:
    return tuple(Medium(one) for one in purpose.media)


def unusable(how: How) -> Refused[Refusal] | None:
    """Why this cannot be kept as evidence; None when it can."""
    if _EVIDENCE.fullmatch(how.evidence):
        return None
    detail = "write the id of the dialogue, message or form in at most 200 ASCII characters"
    return Refused(Refusal.EVIDENCE_UNUSABLE, detail)


def _decides_alone_at(yes: Yes, terms: Terms, at: Instant) -> Instant | Refused[Refusal] | None:
    """PRV-MINOR: when the person comes of age, if a guardian says it; None for an adult's own."""
    whose, years = yes.whose, terms.keeping.adult_years
    if whose.born_on is None:
        return Refused(Refusal.AGE_UNKNOWN, "enter the date of birth as it stands in the document")
    adult_at = comes_of_age_at(whose.born_on, years, terms.time_zone)
    if adult_at <= at:
        if yes.by == whose.person_id:
            return None
        return Refused(Refusal.NOT_THEIRS, "they are of age, and nobody else says yes for them")
    if yes.by == whose.person_id:
        detail = f"under {years} a parent or guardian says yes first (PRV-MINOR)"
        return Refused(Refusal.GUARDIAN_NEEDED, detail)
    if yes.by not in whose.guardians:
        return Refused(
            Refusal.NOT_THEIRS, "who says it does not answer for them; see: tenure person guardian"
        )
    return adult_at


def _until(purpose: Purpose, adult_at: Instant | None, at: Instant) -> Instant | None:
    ends = [] if adult_at is None else [adult_at]
    if purpose.valid_days:
        ends.append(Instant(at + purpose.valid_days * DAY_MS))
    return min(ends, default=None)


def _extends(before: Event | None, until: Instant | None) -> bool:
    """Whether a yes that stands would last for longer, by more than a repeated request."""
    if before is None or before.until is None:
        return before is None
    return until is None or until >= before.until + DAY_MS


def _shown(purpose: Purpose, notice: DocumentVersion, language: str) -> Shown:
    return Shown(
        meaning=purpose.meaning,
        purpose_version=purpose.version,
        purpose_sha256=sha256_of(shown_of(purpose, language)),
        notice_version=notice.version,
        notice_sha256=notice.sha256[language],
    )


def withdrawn(
    no: No, last: LastWords, terms: Terms, act: Act
) -> tuple[Event, ...] | Refused[Refusal]:
    """The new words that a no comes to; none when no was the last word about all of it.

    Whoever says it, in whatever language, from whatever line: a no needs no right, no age and no
    balance, and is never refused for how it came.  A no about what was never asked is kept too.
    """
    topics = _topics_of_no(no, last, terms)
    if isinstance(topics, Refused):
        return topics
    return tuple(
        _said(no.person_id, topic, last.get(topic), (no.by, _usable(no.how)), act)
        for topic in topics
        if last.get(topic) is None or last[topic].word is Word.GIVEN
    )


def _usable(how: How) -> How:
    return how if unusable(how) is None else msgspec.structs.replace(how, evidence="")


def _topics_of_no(no: No, last: LastWords, terms: Terms) -> list[Topic] | Refused[Refusal]:
    said = [topic for topic, event in last.items() if event.word is Word.GIVEN]
    if no.purposes is None:
        known = {one.name for one in terms.consents.purposes if not one.direct_marketing}
        # What the operator no longer knows may have been marketing: it ends as well.
        found = [topic for topic in said if topic[0] not in known]
        found += [
            (one.name, medium)
            for one in terms.consents.purposes
            if one.direct_marketing
            for medium in _media(one)
        ]
    else:
        found = []
        for name in no.purposes:
            purpose = terms.consents.purpose(name)
            theirs = [topic for topic in last if topic[0] == name]
            if purpose is None and not theirs:
                return _unknown(terms)
            found += theirs + [(name, one) for one in (_media(purpose) if purpose else ())]
    return [one for one in dict.fromkeys(found) if not no.media or one[1] in no.media]


def joined(kept_id: int, kept: LastWords, merged: LastWords, act: Act) -> tuple[Event, ...]:
    """Two persons were one: every no of the merged one ends the yes of the one that is kept.

    A yes of the merged one is not carried over: whoever said it can say it again.
    """
    how = {topic: event.how for topic, event in merged.items() if event.word is not Word.GIVEN}
    return tuple(
        _said(kept_id, topic, kept.get(topic), (merged[topic].by, how[topic]), act)
        for topic in how
        if topic not in kept or kept[topic].word is Word.GIVEN
    )


def _said(
    person_id: int, topic: Topic, before: Event | None, who: tuple[int, How], act: Act
) -> Event:
    """A new word after the last one; a clock that was set back makes it no older than that."""
    by, how = who
    after = None if before is None else Before(before.word, before.at)
    seq = 1 if before is None else before.seq + 1
    word = Word.REFUSED if before is None else Word.WITHDRAWN
    return Event(
        record_id=drawn(act, "consent", str(person_id), *topic, str(seq)),
        person_id=person_id,
        purpose=topic[0],
        medium=topic[1],
        seq=seq,
        word=word,
        at=act.at if before is None else Instant(max(act.at, before.at)),
        until=None,
        by=by,
        how=how,
        shown=None,
        after=after,
    )


def drawn(act: Act, *named: str) -> UUID:
    """An id that nobody can guess, from the salt that came with the act."""
    digest = hmac.digest(act.salt, canonical(list(named)).encode(), "sha256")
    return UUID(bytes=digest[:16], version=4)
