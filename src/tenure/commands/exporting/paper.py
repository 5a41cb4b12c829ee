"""Prints what is held for a person to read: a PDF in their language, whatever the values are."""

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final

import fontpkg_noto_sans_khmer
import typst

from tenure.promises.privacy import model, operations
from tenure.terms.model import Terms
from tenure.values.money import MICROS

held = model.exports
exports = operations.exports
words = operations.exports.words
document = operations.exports.document

TEMPLATE: Final = "paper.typ"
FONTS: Final = Path(fontpkg_noto_sans_khmer.ROOT) / "files"
VALUE_MAX: Final = 600
"""Letters of one value that are printed; what is longer stands in the JSON."""
WORDS: Final = ("page", "why", "ends", "months", "newest", "also-empty")


def printed(
    job: held.Job,
    told: Sequence[held.Summary],
    plan: Sequence[held.Section],
    terms: Terms,
) -> bytes:
    """The PDF.  What is held stands in it as text, never as markup."""
    with resources.as_file(resources.files(__package__).joinpath(TEMPLATE)) as template:
        pdf: bytes = typst.compile(
            template,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            sys_inputs={"told": json.dumps(said(job, told, plan, terms), ensure_ascii=False)},
            timestamp=job.asked_at // 1_000,
        )
    return pdf


def said(
    job: held.Job,
    told: Sequence[held.Summary],
    plan: Sequence[held.Section],
    terms: Terms,
) -> dict[str, Any]:
    """All that is printed, as strings."""
    language = job.language
    head = {
        words.word("asked", language): document.rfc3339(job.asked_at),
        words.word("package", language): job.export_id,
        words.word("scope", language): words.word(f"of-{job.scope.value}", language),
    }
    return {
        "title": words.word("title", language),
        "operator": terms.name,
        "language": language,
        "head": list(head.items()),
        "others": words.word("others", language),
        "never": words.word("never", language) if job.scope is held.Scope.KNOW else "",
        "words": {name: words.word(name, language) for name in WORDS},
        "sections": [
            _section(one, section, job, terms)
            for one, section in zip(told, plan, strict=True)
            if one.records
        ],
        "empty": [words.word(one.section, language) for one in told if not one.records],
    }


def _section(
    told: held.Summary,
    section: held.Section,
    job: held.Job,
    terms: Terms,
) -> dict[str, Any]:
    language = job.language
    heading = words.section(section, exports.reasons(terms, language), language)
    return {
        "title": heading["title"],
        "count": f"{told.records:,} {words.word('records', language)}",
        "why": heading["why"],
        "ends": heading["ends"],
        "months": _months(told.months, language),
        "partial": told.records > len(told.rows),
        "records": [_record(row, language) for row in told.rows],
    }


def _record(row: Mapping[str, object], language: str) -> list[tuple[str, str]]:
    """What is there, with its name in words."""
    shown = [(words.word(name, language), _words(value, language)) for name, value in row.items()]
    return [(name, value) for name, value in shown if value]


def _months(months: Sequence[held.Month], language: str) -> list[list[str]]:
    """A heading, and a line a month; sums that are nothing in every month are left out."""
    if not months:
        return []
    names = [name for name in months[0].sums if any(one.sums[name] for one in months)]
    heading = [
        "",
        words.word("records", language),
        *(words.word(one, language) for one in names),
    ]
    lines = [
        [one.month, f"{one.records:,}", *(amount(one.sums[name]) for name in names)]
        for one in months
    ]
    return [heading, *lines]


def _words(value: object, language: str) -> str:
    match value:
        case None | "" | "{}":
            return ""
        case bool():
            return words.word("yes" if value else "no", language)
        case {"micros": int(micros), "currency": str(currency)}:
            return f"{amount(micros)} {currency}"
        case {"from": start, "until": end}:
            return f"{start or '…'} – {end or '…'}"
        case str():
            text = words.word(value, language) if value == "one of ours" else value
        case _:
            text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= VALUE_MAX else f"{text[:VALUE_MAX]}…"


def amount(micros: int) -> str:
    """An amount with its sign and as many digits as it has: -0.0375."""
    whole, rest = divmod(abs(micros), MICROS)
    digits = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}{whole:,}.{digits}"
