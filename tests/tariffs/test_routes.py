"""Which row a usage belongs to, where the price alone would not tell."""

import msgspec
import phonenumbers
import pytest

from tenure.promises.tariffs.model import Direction, InForce, Route, Service, Use
from tenure.promises.tariffs.rules import Book, compile_book, in_force, route
from tenure.promises.tariffs.rules.cover import _fits
from tenure.terms.pack import load, names
from tenure.terms.pricelist import ShortNumber
from tenure.values.instant import parse_instant
from tenure.values.refused import Refused


def key(book: Book, number: str, visited: str = "") -> str:
    found = route(book, "prepaid", Use(Service.VOICE, Direction.OUT, number, visited))
    assert isinstance(found, Route)
    return found.key


@pytest.mark.parametrize(
    ("number", "visited", "expected"),
    [
        # At home a number has its zone, also in another network of the country.
        ("012999888", "", "voice/out/offnet"),
        ("012999888", "45601", "voice/out/offnet@national"),
        ("+66812345678", "45601", "voice/out/intl-1@national"),
        # In another country it is there, at home, or elsewhere.
        ("+66812345678", "52001", "voice/out/local@roam-1"),
        ("+85512999888", "52001", "voice/out/home@roam-1"),
        ("+12025550123", "52001", "voice/out/abroad@roam-1"),
        # What is always reachable is one route, wherever it is used.
        ("117", "", "voice/out/emergency"),
        ("117", "52001", "voice/out/emergency"),
        ("888", "52001", "voice/out/care"),
        # Whoever needs help dials what is dialled there, also where no price is known.
        ("191", "52001", "voice/out/emergency"),
        ("tel:1669;phone-context=+66", "52099", "voice/out/emergency"),
        ("000", "50501", "voice/out/emergency"),
        ("112", "", "voice/out/emergency"),
        ("911", "52001", "voice/out/emergency"),
        ("112", "28301", "voice/out/emergency"),
        ("117", "28301", "voice/out/emergency"),
        ("urn:service:sos.police", "28301", "voice/out/emergency"),
    ],
)
def test_a_place_has_its_route(number: str, visited: str, expected: str) -> None:
    assert key(compile_book(load("smart-kh")), number, visited) == expected


@pytest.mark.parametrize(
    ("number", "visited", "direction"),
    [
        ("191", "", Direction.OUT),  # of another country
        ("191", "45601", Direction.OUT),
        ("191", "50501", Direction.OUT),
        ("012999888", "28301", Direction.OUT),  # no call for help
        ("112", "28301", Direction.IN),
        ("112", "no network", Direction.IN),
    ],
)
def test_what_is_no_call_for_help_has_no_price_that_nobody_published(
    number: str, visited: str, direction: Direction
) -> None:
    book = compile_book(load("smart-kh"))

    found = route(book, "prepaid", Use(Service.VOICE, direction, number, visited))

    assert isinstance(found, Refused)


@pytest.mark.parametrize("operator", names())
def test_every_country_with_a_price_has_its_emergency_numbers(operator: str) -> None:
    pack = load(operator)
    home = {plmn[:3] for plmn in pack.terms.home_plmns}
    abroad = {network.plmn[:3]: network.country_code for network in pack.networks}

    numbers = {each.mcc: each.numbers for each in pack.emergencies_abroad}

    assert numbers.keys() == abroad.keys() - home
    for mcc, dialled in numbers.items():
        country = phonenumbers.region_code_for_country_code(int(abroad[mcc]))
        assert all(phonenumbers.is_emergency_number(one, country) for one in dialled), mcc


def test_a_short_number_may_have_as_many_digits_as_the_pack_says() -> None:
    pack = load("smart-kh")
    longest = ShortNumber(number="1" * pack.terms.short_digits_max, zone="service")
    numbers = (*pack.short_numbers, longest)

    book = compile_book(msgspec.structs.replace(pack, short_numbers=numbers))

    assert key(book, longest.number) == "voice/out/service"


def test_the_row_of_a_band_wins_over_the_row_of_all_bands() -> None:
    pack = load("smart-kh")
    latest = pack.versions[1]
    night = next(row for row in latest.rows if row.zone == "onnet" and row.band == "night")
    special = msgspec.structs.replace(night, zone="intl-1", price_micros=7)
    rows = (*latest.rows, special)
    book = compile_book(
        msgspec.structs.replace(pack, versions=(msgspec.structs.replace(latest, rows=rows),))
    )

    prices = []
    for hour in ("22:59:59", "23:00:00"):
        at = parse_instant(f"2026-11-22T{hour}+07:00")
        holding = in_force(book, "prepaid", "voice/out/intl-1", at)
        assert isinstance(holding, InForce)
        prices.append(holding.rate.steps[0].price_micros)

    assert prices == [120_000, 7]


@pytest.mark.parametrize(
    ("pattern", "route_key", "fits"),
    [
        ("data/-/*", "data/-/internet", True),
        ("data/-/*", "data/-/internet@roam-1", False),
        ("data/-/*@*", "data/-/internet@roam-1", True),
        ("data/-/*@*", "data/-/internet", False),
        ("data/-/*@roam-1", "data/-/internet@roam-2", False),
        ("voice/out/intl-*", "voice/out/intl-3", True),
        ("voice/out/intl-*", "voice/out/onnet", False),
    ],
)
def test_a_pattern_is_for_home_or_for_roaming(
    pattern: str,
    route_key: str,
    fits: bool,  # noqa: FBT001 - the case
) -> None:
    assert _fits(pattern, route_key) is fits
