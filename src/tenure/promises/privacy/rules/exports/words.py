"""What is held, in the languages of those whom it is about: titles and names of columns."""

from collections.abc import Mapping
from importlib import resources
from typing import Final

import msgspec

from tenure.promises.privacy.model.exports import Section
from tenure.terms.subjects import Words

FILE: Final = "words.txt"
FALLBACK: Final = "en"
LANGUAGES: Final = ("en", "km", "id")


def _read() -> Mapping[str, Words]:
    """The lines of words.txt: a name, and its words in each language, between bars."""
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {
        name.strip(): dict(zip(LANGUAGES, (word.strip() for word in words), strict=True))
        for name, *words in (line.split("|") for line in lines)
    }


WORDS: Final = _read()


class Reasons(msgspec.Struct, frozen=True):
    """Why what is kept under one period is held, and how it ends, in one language."""

    why: Mapping[str, str]
    ends: Mapping[str, str]


def word(name: str, language: str) -> str:
    """The words for a name; of a name without any the name itself, as it can be read."""
    found = WORDS.get(name)
    if found is None:
        return name.rpartition(".")[2].removesuffix("_micros").replace("_", " ")
    return found.get(language) or found[FALLBACK]


def section(section: Section, reasons: Reasons, language: str) -> dict[str, str]:
    """The title of a section, why it is held, and how it ends."""
    why = [reasons.why[keep] for keep in section.keeps if keep in reasons.why]
    ends = [reasons.ends[keep] for keep in section.keeps if keep in reasons.ends]
    return {
        "title": word(section.name, language),
        "why": " · ".join(dict.fromkeys(why)),
        "ends": " · ".join(dict.fromkeys(ends)),
    }
