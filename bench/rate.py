"""How many usages a second one core prices by rules alone: ``python -m bench.rate``.

A usage is drawn beforehand; measured is finding its route and its exact, once-rounded price.  Every
number dialled is another one, so nothing is gained from having seen it before.
"""

import cProfile
import json
import platform
import pstats
import random
import resource
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import Direction, Route, Service, Use
from tenure.terms.pack import load
from tenure.values.instant import DAY_MS, Instant, parse_instant
from tenure.values.money import rounded
from tenure.values.refused import Refused

EVENTS = 100_000
ROUNDS = 5
TARGET = 100_000
FIRST = parse_instant("2026-09-24T00:00:00+07:00")
DAYS = 14
"""A week before and a week after a change of prices."""


class Event(NamedTuple):
    """A usage, when it began, and how many units it has."""

    offer: str
    use: Use
    at: Instant
    units: int


def drawn(count: int, *, seed: int = 20261122) -> list[Event]:
    """What subscribers do: data and calls most, then texts, a purchase now and then; in order."""
    chance = random.Random(seed)
    kinds: list[tuple[float, Callable[[random.Random], tuple[Use, int]]]] = [
        (0.45, _data),
        (0.35, _call),
        (0.17, _text),
        (0.03, _purchase),
    ]
    weights = [weight for weight, _ in kinds]
    events = []
    for index in range(count):
        _, kind = chance.choices(kinds, weights)[0]
        use, units = kind(chance)
        offer = chance.choices(["prepaid", "postpaid", "business"], [85, 10, 5])[0]
        at = Instant(FIRST + index * DAYS * DAY_MS // count)
        events.append(Event(offer, use, at, units))
    return events


def _number(chance: random.Random) -> str:
    prefix = chance.choices(
        ["010", "096", "012", "088", "+66", "+1", "0084", "855555", "sip:+85510"],
        [30, 20, 15, 10, 5, 3, 5, 7, 5],
    )[0]
    return prefix + "".join(chance.choices("0123456789", k=7))


def _data(chance: random.Random) -> tuple[Use, int]:
    visited = chance.choices(["", "52001", "45202"], [95, 3, 2])[0]
    group = chance.choices([0, 100, 200, 300, 900], [30, 30, 20, 15, 5])[0]
    return Use(Service.DATA, Direction.OUT, "", visited, group), int(chance.expovariate(1e-7))


def _call(chance: random.Random) -> tuple[Use, int]:
    visited = chance.choices(["", "52001", "45202"], [95, 3, 2])[0]
    direction = chance.choices([Direction.OUT, Direction.IN], [60, 40])[0]
    use = Use(Service.VOICE, direction, _number(chance), visited)
    return use, int(chance.expovariate(1 / 130)) + 1


def _text(chance: random.Random) -> tuple[Use, int]:
    direction = chance.choices([Direction.OUT, Direction.IN], [50, 50])[0]
    return Use(Service.SMS, direction, _number(chance)), 1


def _purchase(chance: random.Random) -> tuple[Use, int]:
    return Use(Service.CONTENT, Direction.OUT), chance.randrange(10_000, 20_000_000, 10_000)


def charged(book: tariffs.Book, events: list[Event]) -> int:
    """What charging does for each event: route, rate in force, runs, exact price, one rounding."""
    total = 0
    for offer, use, at, units in events:
        found = tariffs.route(book, offer, use)
        if isinstance(found, Route):
            holding = tariffs.in_force(book, offer, found.key, at)
            walked = tariffs.runs(book, offer, found, at, 0, units, at)
            if not isinstance(holding, Refused) and not isinstance(walked, Refused):
                total += rounded(*tariffs.exact(walked[0]), holding.rounding)
    return total


def explained(book: tariffs.Book, events: list[Event]) -> int:
    """The same with connect fee and tax, as ``tenure rate`` tells it."""
    total = 0
    for offer, use, at, units in events:
        found = tariffs.route(book, offer, use)
        if isinstance(found, Route):
            price = tariffs.price(book, offer, found, at, units, at)
            if not isinstance(price, Refused):
                total += price.micros
    return total


def best(what: Callable[[tariffs.Book, list[Event]], int], events: list[Event]) -> float:
    """Events a second of processor time, of the best of a few rounds."""
    book = tariffs.compile_book(load("smart-kh"))
    what(book, events[:1000])
    rates = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        what(book, events)
        rates.append(len(events) / (time.process_time() - begun))
    return max(rates)


def profile(events: list[Event]) -> None:
    """Print where the time goes."""
    book = tariffs.compile_book(load("smart-kh"))
    profiler = cProfile.Profile()
    profiler.runcall(charged, book, events)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(12)


def main() -> None:
    """Measure, print, and say whether the target is met."""
    events = drawn(EVENTS)
    shuffled = random.Random(1).sample(events, len(events))
    begun = time.perf_counter()
    book = tariffs.compile_book(load("smart-kh"))
    loaded_ms = (time.perf_counter() - begun) * 1000
    figures = {
        "what": "pricing by rules alone, events a second of one core",
        "python": platform.python_version(),
        "machine": platform.machine(),
        "events": EVENTS,
        "refused": sum(
            isinstance(tariffs.route(book, event.offer, event.use), Refused) for event in events
        ),
        "charged_per_second": round(best(charged, events)),
        "charged_out_of_order_per_second": round(best(charged, shuffled)),
        "explained_per_second": round(best(explained, events)),
        "target_per_second": TARGET,
        "load_and_compile_ms": round(loaded_ms, 1),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(figures, indent=2))
    if "--profile" in sys.argv:
        profile(events)


if __name__ == "__main__":
    main()
