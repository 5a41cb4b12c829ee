"""What is held about somebody, from the register, in their language."""

from collections.abc import Sequence

from tenure.gateways.web.translate.lines import Wording, date
from tenure.gateways.web.wire.held import Held, Kept, Package
from tenure.promises.privacy import model, operations
from tenure.terms.website import KEEP
from tenure.values.instant import Instant

exports = operations.exports
words = operations.exports.words
DisclosedTo = operations.exports.DisclosedTo
Job = model.exports.Job
Overview = model.exports.Overview

NAMES = (
    "title", "page-why", "others", "never", "passphrase", "how-to-open", "ask-know", "ask-copy",
    "download", "asked", "why", "since-when", "ends", "got-it", "nobody-got", "also-empty",
)  # fmt: skip


def held(
    told: Sequence[Overview],
    given: Sequence[DisclosedTo],
    jobs: Sequence[Job],
    language: str,
    said: Wording,
    at: Instant,
) -> Held:
    """The page, but for the visit and what was just asked for."""
    reasons = exports.reasons(said.terms, language)
    return Held(
        visit="",
        language=language,
        words={name: words.word(name, language) for name in NAMES},
        kept=tuple(_kept(one, reasons, language, said) for one in told if one.records),
        empty=tuple(words.word(one.section.name, language) for one in told if not one.records),
        given=tuple(_given(one, language, said) for one in given),
        packages=tuple(_package(one, language, said, at) for one in jobs),
        can_ask=False,
    )


def _kept(one: Overview, reasons: words.Reasons, language: str, said: Wording) -> Kept:
    heading = words.section(one.section, reasons, language)
    count = f"{one.records:,}"
    if one.is_capped:
        count = words.word("more-than", language).format(count=count)
    keeps = said.terms.privacy.retention.keeps
    days = [keeps[keep].period.maximum_days for keep in one.section.keeps if keep in keeps]
    if KEEP in one.section.keeps:
        days.append(said.terms.privacy.website.longest_days)
    at_most = words.word("at-most", language).format(days=max(days)) if days else ""
    return Kept(
        title=heading["title"],
        count=f"{count} {words.word('records', language)}",
        why=heading["why"],
        since="" if one.since is None else date(one.since, said.zone),
        ends=" · ".join(part for part in (at_most, heading["ends"]) if part),
    )


def _given(one: DisclosedTo, language: str, said: Wording) -> str:
    """When, to whom, what for, and which fields."""
    fields = ", ".join(words.word(name, language) for name in one.fields)
    return f"{date(one.at, said.zone)}: {one.recipient} ({one.country}), {one.purpose}: {fields}"


def _package(job: Job, language: str, said: Wording, at: Instant) -> Package:
    ready = False
    if job.destroyed_at is not None or job.fetched_at is not None:
        state = words.word("over", language)
    elif job.until_at is None:
        making = words.word("making", language)
        state = making.format(records=f"{job.position.records:,}")
    elif at >= job.until_at:
        state = words.word("over", language)
    else:
        ready = True
        state = words.word("once", language).format(until=date(job.until_at, said.zone))
    return Package(job.export_id, date(job.asked_at, said.zone), state, ready)
