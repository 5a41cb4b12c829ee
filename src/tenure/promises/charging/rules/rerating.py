"""What recorded usage would have cost by another version of the prices: pure.

Both versions price what was used in the same way, so that only the difference of the prices is
told: from its entry we know how many units a report added, where in the usage they stood, when it
began, and what allowances covered.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from tenure.promises.charging.model import Explanation
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import Direction, Route, Service
from tenure.values.instant import Instant
from tenure.values.money import rounded
from tenure.values.refused import Refused

SERVICES: Final = {service.name.lower(): service for service in Service}

_explanation = msgspec.json.Decoder(Explanation).decode


class Compared(msgspec.Struct, frozen=True):
    """The usage of one line by two versions."""

    offer: str
    due_micros: int
    """What was charged."""
    change_micros: int
    """What the new version would have made of it: more, or less if below zero."""
    routes: dict[str, int]
    """The routes whose price differs, and how much more each would have cost."""
    unpriced: int
    """Reports of what the new version has no price for."""


class Versions(msgspec.Struct, frozen=True):
    """Two books, each of one version that holds at every instant."""

    former: tariffs.Book
    new: tariffs.Book


def compared(versions: Versions, offer: str, entries: Iterable[tuple[Instant, str]]) -> Compared:
    """What the entries of one line, each an instant and its explanation, would have cost."""
    due, change, unpriced = 0, 0, 0
    routes: dict[str, int] = {}
    for at, told in entries:
        said = _explanation(told)
        due += said.due
        if not tariffs.differs(versions.former, versions.new, offer, said.route):
            continue
        former = _price(versions.former, offer, said, at)
        new = _price(versions.new, offer, said, at)
        if former is None or new is None:
            unpriced += 1
            continue
        routes[said.route] = routes.get(said.route, 0) + new - former
        change += new - former
    return Compared(offer, due, change, routes, unpriced)


def _price(book: tariffs.Book, offer: str, said: Explanation, at: Instant) -> int | None:
    """What a report costs by one version; None when it has no price there."""
    begun = at if said.began is None else said.began
    position = said.total - said.used
    walked = tariffs.runs(book, offer, _route(said.route), begun, position, said.total, at)
    force = tariffs.in_force(book, offer, said.route, begun)
    if isinstance(walked, Refused) or isinstance(force, Refused):
        return None
    covered = sum(units for _, units in said.covered)
    paid = []
    for run in walked[0]:
        free = min(covered, run.units) if run.price_micros else 0
        covered -= free
        paid.append(msgspec.structs.replace(run, units=run.units - free))
    numerator, denominator = tariffs.exact(paid)
    if position == 0 and walked[0]:
        numerator += force.rate.connect_fee_micros * denominator
    return rounded(numerator, denominator, force.rounding)


def _route(key: str) -> Route:
    service, direction, _ = key.split("/", 2)
    way = Direction.IN if direction == "in" else Direction.OUT
    return Route(key=key, service=SERVICES[service], direction=way, always=False)
