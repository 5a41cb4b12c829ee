"""Which rate of a route holds at an instant, and until when."""

from typing import Final

from tenure.promises.tariffs.model import InForce, Rate, Refusal, Step
from tenure.promises.tariffs.rules.book import SLASHES, Book, Edition, line_of, row_of
from tenure.values.instant import NEVER, Instant, iso
from tenure.values.money import Rounding
from tenure.values.refused import Refused

FREE_STEPS: Final = (Step(from_units=0, price_micros=0, per_units=1, increment_units=1),)


def in_force(book: Book, offer: str, route_key: str, at: Instant) -> InForce | Refused[Refusal]:
    """The rate of a route at an instant, until the price may be another: the next version or band.

    A band in which the route has the same rate does not end it.  Refuses an instant that no
    published version covers (GTC-CHANGE), and a route that the version in force does not price.
    """
    line = book.lines.get((offer, route_key))
    if line is None:
        free = book.free.get(route_key)
        if free is not None:
            return free
        found = line_of(book, offer, route_key)
        if isinstance(found, Refused):
            return _free_or(found, book, route_key)
        line = found
    since, until, latest = line.latest
    if since <= at < until and latest is not None:
        return latest
    if 0 <= at < NEVER:
        for edition, rates in line.editions:
            if edition.starts_at <= at < edition.ends_at:
                since, answer = _holding(edition, rates, at)
                line.latest = (since, answer.until, answer)
                return answer
    return _not_in_force(book, offer, route_key, at)


def _holding(edition: Edition, rates: tuple[Rate, ...], at: Instant) -> tuple[int, InForce]:
    if len(rates) == 1:
        return edition.starts_at, InForce(rates[0], edition.rounding, edition.ends_at)
    since, until, band = edition.calendar.segment(at)
    rate = rates[band]
    # A week has every band, so two rates that differ meet within it.
    while until < edition.ends_at:
        _, following, band = edition.calendar.segment(Instant(until))
        if rates[band] is not rate:
            break
        until = following
    until = min(until, edition.ends_at)
    return max(since, edition.starts_at), InForce(rate, edition.rounding, Instant(until))


def _free_or(refused: Refused[Refusal], book: Book, key: str) -> InForce | Refused[Refusal]:
    """What is always reachable is free, in every version and to every offer."""
    if refused.refusal is not Refusal.NOT_OFFERED or key.count("/") < SLASHES:
        return refused
    zone = row_of("", key)[3]
    if zone not in book.zones or not book.zones[zone].always:
        return refused
    rate_id = f"always/{key}"
    rate = Rate(rate_id=rate_id, connect_fee_micros=0, minimum_units=0, steps=FREE_STEPS, tax_ppm=0)
    book.rates[rate_id] = rate
    book.free[key] = InForce(rate, Rounding.DOWN, NEVER)
    return book.free[key]


def _not_in_force(book: Book, offer: str, key: str, at: Instant) -> Refused[Refusal]:
    covering = [edition for edition in book.editions if edition.starts_at <= at < edition.ends_at]
    if not covering or not 0 <= at < NEVER:
        when = iso(at) if 0 <= at < NEVER else "that instant"
        return Refused(refusal=Refusal.NOT_IN_FORCE, detail=f"no version is in force at {when}")
    return Refused(
        refusal=Refusal.NOT_OFFERED,
        detail=f"version {covering[0].version_id} has no price for {key} of the offer {offer}",
    )
