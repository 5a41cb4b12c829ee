"""What may be done about a breach, by when, and in which words people are told."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from tenure.promises.privacy.model.breaches import (
    Breach,
    BreachFile,
    BreachRefusal,
    Leak,
    Said,
    Step,
    Waiting,
)
from tenure.promises.record.model import Act
from tenure.terms.model import Terms
from tenure.terms.writing import day
from tenure.values.holding import Lead, Row, Way
from tenure.values.instant import HOUR_MS, Instant
from tenure.values.refused import Refused

OURS: Final = "staff.look"
"""What a login of ours looked at."""
_BY_HAND: Final = frozenset({Step.NOTED, Step.AUTHORITY_TOLD, Step.PUBLIC_TOLD, Step.CLOSED})
"""The steps that somebody of ours reports."""

Clocks = tuple[Instant, Instant]


def opened(
    leak: Leak, known_at: Instant, tables: Collection[str], terms: Terms, act: Act
) -> Clocks | Refused[BreachRefusal]:
    """Until when subjects and authority are to be told; or why this is no breach file.

    PRV-SEC; UU 27/2022 art. 46: the hours count from the moment somebody of ours knows.
    """
    unknown = sorted(set(leak.tables) - set(tables))
    if unknown or not leak.tables:
        detail = f"{', '.join(unknown) or 'no table'}: name tables of the register as promise.table"
        return Refused(BreachRefusal.BREACH_TABLE_UNKNOWN, detail)
    end = known_at if leak.ended_at is None else leak.ended_at
    if not (leak.began_at <= end and leak.began_at <= known_at <= act.at):
        detail = "it begins before it ends, before it is known, and is known before it is written"
        return Refused(BreachRefusal.BREACH_TIMES_CROSSED, detail)
    clocks = terms.privacy.breaches
    return (
        Instant(known_at + clocks.subject_hours * HOUR_MS),
        Instant(known_at + clocks.authority_hours * HOUR_MS),
    )


def concerning(leak: Leak, rows: Sequence[tuple[str, Row]]) -> list[tuple[str, Row]]:
    """The tables that say whom it concerns; of a login, whom they looked at and not themselves."""
    if not leak.by_login:
        return [(promise, row) for promise, row in rows if f"{promise}.{row.table}" in leak.tables]
    return [
        (promise, msgspec.structs.replace(row, leads=tuple(filter(_of_others, row.leads))))
        for promise, row in rows
        if f"{promise}.{row.table}" == OURS
    ]


def _of_others(lead: Lead) -> bool:
    return lead.way not in {Way.HUMAN, Way.LOGIN}


def clocks(file: BreachFile, at: Instant) -> tuple[Waiting, Waiting]:
    """How the two clocks stand at an instant: who waits, and whether it is or was late."""
    pairs = (
        (Step.SUBJECTS_TOLD, file.breach.subjects_until),
        (Step.AUTHORITY_TOLD, file.breach.authority_until),
    )
    first, second = (
        Waiting(step, until, file.at(step), (file.at(step) or at) > until) for step, until in pairs
    )
    return first, second


def tells_public(file: BreachFile, terms: Terms) -> bool:
    """Whether so many are concerned that everybody is told."""
    return file.reach.all >= terms.privacy.breaches.public_from


def worded(file: BreachFile, terms: Terms) -> Refused[BreachRefusal] | None:
    """Why nobody can be told yet; None when everything is said in every language."""
    missing = [language for language in terms.languages if language not in file.said]
    if not missing:
        return None
    detail = f"say what, how and handling in {', '.join(missing)}: tenure privacy breach word"
    return Refused(BreachRefusal.BREACH_NOT_WORDED, detail)


def going_on(file: BreachFile | None) -> Refused[BreachRefusal] | None:
    """Why nothing more is done about it; None for a breach that is open."""
    if file is None:
        return Refused(BreachRefusal.BREACH_UNKNOWN, "tenure privacy breach list shows them")
    if file.at(Step.CLOSED) is not None:
        return Refused(BreachRefusal.BREACH_CLOSED, "open another that refers to it")
    return None


def may_tell(file: BreachFile | None, terms: Terms) -> Refused[BreachRefusal] | None:
    """Why subjects cannot be told yet."""
    if (ended := going_on(file)) is not None:
        return ended
    assert file is not None
    if file.at(Step.SCOPED) is None:
        detail = "find out whom it concerns first: tenure privacy breach scope"
        return Refused(BreachRefusal.BREACH_NOT_SCOPED, detail)
    return worded(file, terms)


def reported(file: BreachFile | None, step: Step, note: str) -> Refused[BreachRefusal] | None:
    """Why a step that somebody of ours reports is not taken; None when it is."""
    assert step in _BY_HAND
    if (ended := going_on(file)) is not None:
        return ended
    assert file is not None
    if step is not Step.NOTED and file.at(step) is not None:
        return Refused(BreachRefusal.BREACH_STEP_DONE, f"{step.value} is on record already")
    if step is Step.CLOSED and None in (file.at(Step.SUBJECTS_TOLD), file.at(Step.AUTHORITY_TOLD)):
        detail = "subjects and authority are told first: tenure privacy breach tell, reported"
        return Refused(BreachRefusal.BREACH_NOBODY_TOLD, detail)
    if not note.strip():
        return Refused(BreachRefusal.BREACH_NOTE_MISSING, "say what was done, and its reference")
    return None


def draft(file: BreachFile, terms: Terms, audience: str, language: str) -> str:
    """The words for an audience in a language, every blank filled.

    Needs the words of the breach in that language (``worded``).
    """
    said = file.said[language]
    filled = {
        "what": said.what,
        "how": said.how,
        "handling": said.handling,
        "when": when(file.breach, terms),
        "count": f"{file.reach.all:,}",
        "contact": terms.consents.controller.contact,
        "operator": terms.name,
    }
    text = terms.privacy.breaches.drafts[audience][language]
    for blank, value in filled.items():
        text = text.replace(f"{{{blank}}}", value.replace("{", "(").replace("}", ")"))
    return text


def when(breach: Breach, terms: Terms) -> str:
    """The days of it, by the operator's calendar."""
    zone = ZoneInfo(terms.time_zone)
    first = day(breach.leak.began_at, zone)
    last = day(breach.leak.ended_at or breach.known_at, zone)
    return first if first == last else f"{first} - {last}"


def facts(file: BreachFile, terms: Terms) -> Mapping[str, Mapping[str, str]]:
    """What the text to each person names, by language."""
    return {
        language: {"what": said.what, "when": when(file.breach, terms), "handling": said.handling}
        for language, said in file.said.items()
    }


def said_whole(said: Said) -> bool:
    """Whether nothing of it is empty."""
    return all(text.strip() for text in (said.what, said.how, said.handling))
