"""The language of the stories: which sentences there are, and how their quantities are read."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from tenure.terms.quantities import Measures, micros
from tenure.values.instant import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Instant, instant_of
from tests.promises.world import World

MEASURES: Final = Measures("USD", 1024)
_SPAN: Final = re.compile(r"(\d+) (days?|h|min|ms|s)")
_SPAN_MS: Final = {
    "day": DAY_MS,
    "days": DAY_MS,
    "h": HOUR_MS,
    "min": MINUTE_MS,
    "s": SECOND_MS,
    "ms": 1,
}
_FRAGMENTS: Final = {
    "MONEY": r"[A-Z]{3} \d+(?:\.\d+)?",
    "MOMENT": r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?",
    "SPAN": r"\d+ (?:days?|h|min|ms|s)(?: \d+ (?:h|min|ms|s))*",
    "VOLUME": r"\d+(?:\.\d+)? (?:octets?|kB|MB|GB)",
    "COUNT": r"\d+ messages?",
    "NUMBER": r"\+?\d+",
    "NAME": r"[\w.-]+",
    "WORDS": r".+",
}

Says: TypeAlias = Callable[[World, re.Match[str]], Awaitable[None]]
SENTENCES: Final[dict[re.Pattern[str], Says]] = {}


def says(sentence: str) -> Callable[[Says], Says]:
    """Add a sentence to the language: words, and ``{KIND}`` or ``{name=KIND}`` for what varies."""
    pattern = re.sub(r"\{(?:(\w+)=)?([A-Z]+)\}", _group, sentence)

    def added(meaning: Says) -> Says:
        SENTENCES[re.compile(pattern)] = meaning
        return meaning

    return added


def _group(found: re.Match[str]) -> str:
    fragment = _FRAGMENTS[found[2]]
    return f"(?P<{found[1]}>{fragment})" if found[1] else f"({fragment})"


def money(text: str) -> int:
    """``USD 0.14`` as micros; ``nothing`` is zero."""
    return 0 if text == "nothing" else micros(text[4:])


def span_ms(text: str) -> int:
    """``1 min 35 s`` as milliseconds."""
    return sum(int(count) * _SPAN_MS[unit] for count, unit in _SPAN.findall(text))


def seconds(text: str) -> int:
    """``1 min 35 s`` as seconds."""
    return span_ms(text) // SECOND_MS


def octets(text: str) -> int:
    """``1.5 MB`` as octets; a kilobyte is 1024 of them."""
    return MEASURES.units(re.sub("octets?", "B", text), "octets")


def units(text: str) -> int:
    """A quantity of whatever kind, in the unit of its service."""
    if text.endswith(("octet", "octets", "B")):
        return octets(text)
    return int(text.split(maxsplit=1)[0]) if "message" in text else seconds(text)


def moment(text: str, zone: str) -> Instant:
    """The wall clock of the operator as an instant."""
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))
