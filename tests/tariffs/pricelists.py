"""Price lists drawn at random: versions, bands and steps in every lawful combination."""

from functools import cache

import msgspec
from hypothesis import strategies as st

from tenure.terms.pack import load
from tenure.terms.pricelist import BandSpan, Pack, RateRow, Version
from tenure.values.instant import MINUTE_MS, Instant, parse_instant
from tenure.values.money import Rounding

MONDAY = parse_instant("2026-11-23T00:00:00+07:00")
CHANGE = Instant(MONDAY + 12 * 60 * MINUTE_MS)
"""The second version takes effect at noon."""

WHERE = {
    "voice": ("prepaid", "voice", "out", "onnet", ""),
    "data": ("prepaid", "data", "-", "internet", ""),
}


@cache
def smart() -> Pack:
    """The published pack, whose price lists are replaced."""
    return load("smart-kh")


@st.composite
def steps(draw: st.DrawFn, service: str, band: str) -> list[RateRow]:
    """One price: a few steps, each a whole number of its increments."""
    count = draw(st.integers(1, 3))
    start, rows = 0, []
    for index in range(count):
        increment = draw(st.sampled_from([1, 2, 6, 7, 10, 30, 60]))
        last = index == count - 1
        end = None if last else start + increment * draw(st.integers(1, 40))
        offer, _, direction, zone, visited = WHERE[service]
        rows.append(
            RateRow(
                offer=offer,
                service=service,
                direction=direction,
                zone=zone,
                visited=visited,
                band=band,
                from_units=start,
                until_units=end,
                price_micros=draw(st.integers(0, 100_000)),
                per_units=draw(st.sampled_from([1, 7, 60, 1024, 1_048_576])),
                increment_units=increment,
                connect_fee_micros=draw(st.sampled_from([0, 0, 5_000])) if index == 0 else 0,
                minimum_units=draw(st.sampled_from([0, 0, 25])) if index == 0 else 0,
                tax_ppm=100_000,
                line=1,
            )
        )
        start = end or start
    return rows


@st.composite
def versions(draw: st.DrawFn, service: str, index: int) -> Version:
    """A version with the whole day as one band, or cut in two or three."""
    cuts = sorted(draw(st.sets(st.integers(1, 1439), max_size=3)))
    edges = [0, *cuts, 1440]
    names = [f"band-{draw(st.integers(0, 2))}" for _ in edges[1:]]
    spans = [
        BandSpan(name, weekday, start, end)
        for weekday in range(7)
        for name, start, end in zip(names, edges[:-1], edges[1:], strict=True)
    ]
    everywhere = draw(st.booleans())
    bands = ["*"] if everywhere else sorted(set(names))
    return Version(
        version_id=f"v{index}",
        published_at=Instant(0),
        effective_from=Instant(0) if index == 0 else CHANGE,
        effective_until=None,
        rounding=draw(st.sampled_from(list(Rounding))),
        bands=tuple(spans),
        rows=tuple(row for band in bands for row in draw(steps(service, band))),
    )


@st.composite
def packs(draw: st.DrawFn, service: str) -> Pack:
    """The published pack with one or two random versions of its price list."""
    count = draw(st.integers(1, 2))
    drawn = tuple(draw(versions(service, index)) for index in range(count))
    return msgspec.structs.replace(smart(), versions=drawn)


def moments() -> st.SearchStrategy[Instant]:
    """Instants of a Monday, most of them near a minute at which something may change."""
    return st.one_of(
        st.integers(MONDAY, MONDAY + 24 * 60 * MINUTE_MS).map(Instant),
        st.builds(
            lambda minute, off: Instant(MONDAY + minute * MINUTE_MS + off),
            st.integers(0, 24 * 60),
            st.sampled_from([-1000, -1, 0, 1, 1000]),
        ),
        st.sampled_from([-60_000, -1000, -1, 0, 1, 1000]).map(lambda off: Instant(CHANGE + off)),
    )
