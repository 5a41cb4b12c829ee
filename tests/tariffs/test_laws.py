"""Laws of pricing, one for each clause, on price lists and usages drawn at random."""

from collections.abc import Sequence
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.promises.tariffs.model import (
    CALL_SECONDS_MAX,
    Direction,
    InForce,
    Price,
    Refusal,
    Route,
    Run,
    Service,
    Use,
)
from tenure.promises.tariffs.rules import (
    Book,
    compile_book,
    exact,
    in_force,
    price,
    route,
    runs,
)
from tenure.terms.model import Offer
from tenure.terms.pack import load
from tenure.terms.pricelist import Pack
from tenure.values.instant import Instant
from tenure.values.money import Rounding, rounded
from tenure.values.refused import Refused
from tests.tariffs import pricelists, reference
from tests.tariffs.pricelists import WHERE, moments, packs, smart

CALL = Route("voice/out/onnet", Service.VOICE, Direction.OUT, always=False)
DATA = Route("data/-/internet", Service.DATA, Direction.OUT, always=False)
ROUTES = {"voice": CALL, "data": DATA}
SECONDS = st.integers(0, 3 * 3600)
OCTETS = st.integers(0, 20_000)


def priced(book: Book, found: Route, since: Instant, used: int, at: Instant | None = None) -> Price:
    answer = price(book, "prepaid", found, since, used, since if at is None else at)
    assert isinstance(answer, Price)
    return answer


def walked(
    book: Book, found: Route, since: Instant, position: int, target: int
) -> tuple[list[Run], int]:
    answer = runs(book, "prepaid", found, since, position, target, since)
    assert not isinstance(answer, Refused)
    return answer


def whole(answer: Price) -> Fraction:
    return Fraction(answer.numerator, answer.denominator)


@settings(max_examples=150, deadline=None)
@given(packs("voice"), moments(), SECONDS)
def test_a_call_costs_what_it_costs_second_by_second(pack: Pack, since: Instant, used: int) -> None:
    """GTC-VOICE, GTC-CHANGE: the price equals a slow, independent one, to the last fraction."""
    answer = priced(compile_book(pack), CALL, since, used)

    assert (whole(answer), answer.position_units) == reference.cost(
        pack, WHERE["voice"], since, used, since
    )


@settings(max_examples=150, deadline=None)
@given(packs("data"), moments(), moments(), OCTETS)
def test_data_cost_what_they_cost_octet_by_octet(
    pack: Pack, since: Instant, at: Instant, used: int
) -> None:
    """GTC-DATA: the same for data, whose price is that of the instant it is reported."""
    begun = reference.in_version(pack, since)
    fee = 0
    answer = priced(compile_book(pack), DATA, since, used, at)
    expected = reference.cost(pack, WHERE["data"], since, used, at)
    assert begun is not None
    assert expected is not None
    if used:
        # The connect fee belongs to the rate in which the usage began.
        fee = reference.rows_at(pack, begun, WHERE["data"], since)[0].connect_fee_micros
        at_version = reference.in_version(pack, at)
        assert at_version is not None
        fee -= reference.rows_at(pack, at_version, WHERE["data"], at)[0].connect_fee_micros

    assert (whole(answer), answer.position_units) == (expected[0] + fee, expected[1])


@pytest.mark.parametrize("service", ["voice", "data"])
@settings(max_examples=100, deadline=None)
@given(st.data())
def test_more_use_never_costs_less(service: str, data: st.DataObject) -> None:
    """GTC-VOICE, GTC-DATA: monotone in usage; and nothing used is nothing due."""
    book = compile_book(data.draw(packs(service)))
    since = data.draw(moments())
    less, more = sorted(data.draw(st.tuples(SECONDS, SECONDS)))

    cheaper, dearer = (priced(book, ROUTES[service], since, used) for used in (less, more))

    assert whole(cheaper) <= whole(dearer)
    assert cheaper.micros <= dearer.micros
    assert cheaper.position_units <= dearer.position_units
    assert priced(book, ROUTES[service], since, 0).micros == 0


@pytest.mark.parametrize("service", ["voice", "data"])
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_how_a_usage_is_cut_into_updates_changes_nothing(service: str, data: st.DataObject) -> None:
    """The same increments come out, at the same prices, however often the network reports."""
    book = compile_book(data.draw(packs(service)))
    since = data.draw(moments())
    total = data.draw(SECONDS)
    cuts = [*sorted(data.draw(st.lists(st.integers(0, total), max_size=6))), total]

    position, pieces = 0, list[Run]()
    for cut in cuts:
        found, position = walked(book, ROUTES[service], since, position, cut)
        pieces += found

    at_once, end = walked(book, ROUTES[service], since, 0, total)
    assert position == end
    assert exact(pieces) == exact(at_once)
    assert _joined(pieces) == _joined(at_once)


def _joined(found: Sequence[Run]) -> list[Run]:
    """Neighbouring runs of one price as one."""
    joined: list[Run] = []
    for run in found:
        last = joined[-1] if joined else None
        if last is not None and msgspec.structs.replace(last, units=run.units) == run:
            joined[-1] = msgspec.structs.replace(run, units=last.units + run.units)
        else:
            joined.append(run)
    return joined


@settings(max_examples=150, deadline=None)
@given(packs("voice"), moments(), st.integers(1, 3 * 3600))
def test_a_call_across_a_boundary_is_the_sum_of_its_two_parts(
    pack: Pack, since: Instant, used: int
) -> None:
    """GTC-CHANGE: additive where the price changes, when no step or fee ties the parts together."""
    plain = msgspec.structs.replace(
        pack,
        versions=tuple(
            msgspec.structs.replace(
                version,
                rows=tuple(
                    msgspec.structs.replace(
                        row,
                        until_units=None,
                        increment_units=1,
                        connect_fee_micros=0,
                        minimum_units=0,
                    )
                    for row in version.rows
                    if row.from_units == 0
                ),
            )
            for version in pack.versions
        ),
    )
    book = compile_book(plain)
    holding = in_force(book, "prepaid", CALL.key, since)
    assert isinstance(holding, InForce)
    before = min(used, -(-(holding.until - since) // 1000))
    boundary = Instant(since + before * 1000)

    parts = whole(priced(book, CALL, since, before)) + whole(
        priced(book, CALL, boundary, used - before)
    )

    assert whole(priced(book, CALL, since, used)) == parts


@settings(max_examples=150, deadline=None)
@given(packs("data"), moments(), OCTETS)
def test_a_price_is_rounded_once_in_the_stated_direction(
    pack: Pack, since: Instant, used: int
) -> None:
    answer = priced(compile_book(pack), DATA, since, used)
    version = reference.in_version(pack, since)
    assert version is not None

    assert answer.rounding is version.rounding
    assert answer.micros == rounded(answer.numerator, answer.denominator, version.rounding)
    off = answer.micros - whole(answer)
    assert {
        Rounding.DOWN: -1 < off <= 0,
        Rounding.UP: 0 <= off < 1,
        Rounding.HALF_EVEN: abs(off) <= Fraction(1, 2),
    }[version.rounding]
    assert 0 <= answer.tax_micros * 11 <= answer.micros + 11


@settings(max_examples=150, deadline=None)
@given(packs("voice"), moments(), SECONDS)
def test_no_unit_is_charged_that_no_increment_holds(pack: Pack, since: Instant, used: int) -> None:
    """Billable is what was used, the rest of one increment, and the minimum if there is one."""
    found, position = walked(compile_book(pack), CALL, since, 0, used)

    assert position >= used
    assert position == sum(run.units for run in found)
    assert all(run.units % run.increment_units == 0 and run.units > 0 for run in found)
    if found:
        version = reference.in_version(pack, since)
        assert version is not None
        minimum = max(
            row.minimum_units for row in reference.rows_at(pack, version, WHERE["voice"], since)
        )
        assert position - found[-1].increment_units < max(used, minimum)


@settings(max_examples=200, deadline=None)
@given(packs("voice"), moments())
def test_a_rate_holds_until_it_says_and_not_longer(pack: Pack, at: Instant) -> None:
    """At every instant before ``until`` the rate is the same; at ``until`` it is another."""
    book = compile_book(pack)
    holding = in_force(book, "prepaid", CALL.key, at)
    assert isinstance(holding, InForce)
    assert at < holding.until
    for later in {at + 1, (at + holding.until) // 2, holding.until - 1000, holding.until - 1}:
        if at <= later < holding.until and later - at < 10**10:
            fresh = in_force(compile_book(pack), "prepaid", CALL.key, Instant(later))
            assert fresh == holding
    if holding.until - at < 10**10:
        following = in_force(book, "prepaid", CALL.key, holding.until)
        assert isinstance(following, InForce)
        assert following.rate.rate_id != holding.rate.rate_id


@pytest.mark.parametrize("operator", ["smart-kh", "smartfren-id"])
def test_postpaid_costs_what_prepaid_costs(operator: str) -> None:
    """Every service, zone and place: the same runs, so the same price by construction."""
    pack = load(operator)
    book = compile_book(pack)
    at = pack.versions[-1].effective_from
    numbers = [each.prefix.ljust(11, "7") for each in pack.destinations]
    numbers += [each.number for each in pack.short_numbers]
    places = ["", *(f"{each.plmn:0<5}" for each in pack.networks)]
    uses = [
        Use(service, direction, number, place)
        for service in (Service.VOICE, Service.SMS, Service.MMS)
        for direction in Direction
        for number in numbers
        for place in places[:12]
    ]
    uses += [
        Use(Service.DATA, Direction.OUT, "", place, each.group or 0)
        for each in pack.rating_groups
        for place in places
    ]
    uses.append(Use(Service.CONTENT, Direction.OUT))
    for use in uses:
        prepaid, postpaid = (_price_of(book, offer, use, at) for offer in ("prepaid", "postpaid"))
        if isinstance(prepaid, Refused) and isinstance(postpaid, Refused):
            # The only thing without a price: a priced short number from a third country.
            assert prepaid.refusal is postpaid.refusal is Refusal.NOT_OFFERED
            assert use.visited_plmn
            assert len(use.other_party) <= pack.terms.short_digits_max
        else:
            assert prepaid == postpaid


def _price_of(book: Book, offer: str, use: Use, at: Instant) -> Price | Refused[Refusal]:
    found = route(book, offer, use)
    return found if isinstance(found, Refused) else price(book, offer, found, at, 100, at)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([Service.VOICE, Service.SMS, Service.MMS]),
    st.sampled_from(list(Direction)),
    st.one_of(st.text(max_size=40), st.from_regex(r"(sip:|tel:|\+)?[0-9 -]{0,20}(@x)?")),
    st.one_of(st.just(""), st.text(max_size=8), st.from_regex(r"[0-9]{5,6}", fullmatch=True)),
)
def test_every_text_is_routed_or_refused_and_no_number_is_shown(
    service: Service, direction: Direction, number: str, place: str
) -> None:
    answer = route(_published(), "business", Use(service, direction, number, place))

    digits = "".join(each for each in number if each in "0123456789")
    assert isinstance(answer, Route | Refused)
    if len(digits) >= 5:
        assert digits not in repr(answer)


_BOOKS: dict[str, Book] = {}


def _published() -> Book:
    if "smart-kh" not in _BOOKS:
        _BOOKS["smart-kh"] = compile_book(smart())
    return _BOOKS["smart-kh"]


def test_enormous_usage_is_priced_in_a_few_steps() -> None:
    """The work grows with the bands and steps crossed, never with the units."""
    book, at = _published(), pricelists.MONDAY
    found, position = walked(book, DATA, Instant(at + 10 * 3600 * 1000), 0, 1 << 50)
    assert len(found) == 2
    assert position == 1 << 50

    year, _ = walked(book, CALL, at, 0, CALL_SECONDS_MAX)
    assert len(year) <= 2 * 367 + 1

    longer = runs(book, "prepaid", CALL, at, 0, CALL_SECONDS_MAX + 1, at)
    assert isinstance(longer, Refused)
    assert longer.refusal is Refusal.TOO_LONG


def test_the_minimum_is_that_of_the_rate_in_which_the_usage_began() -> None:
    """A later band with a minimum does not stretch a call that began before it."""
    pack = smart()
    rows = tuple(
        msgspec.structs.replace(
            row, increment_units=1, minimum_units=40 if row.band == "night" else 0
        )
        for row in pack.versions[1].rows
        if row.zone == "offnet"
    )
    latest = msgspec.structs.replace(pack.versions[1], rows=rows)
    book = compile_book(msgspec.structs.replace(pack, versions=(latest,)))
    call = Route("voice/out/offnet", Service.VOICE, Direction.OUT, always=False)
    evening = Instant(pricelists.MONDAY + 23 * 3_600_000 - 10_000)

    begun_by_day, position = walked(book, call, evening, 0, 20)
    assert position == 20
    assert [run.units for run in begun_by_day] == [10, 10]
    assert walked(book, call, Instant(evening + 10_000), 0, 20)[1] == 40


def test_an_offer_takes_what_it_does_not_price_from_its_base() -> None:
    """And its own price wins, also where its base is more precise."""
    pack = smart()
    row = next(row for row in pack.versions[1].rows if row.zone == "group")
    own = msgspec.structs.replace(row, offer="postpaid", zone="*", price_micros=1)
    versions = (
        pack.versions[0],
        msgspec.structs.replace(pack.versions[1], rows=(*pack.versions[1].rows, own)),
    )
    book = compile_book(msgspec.structs.replace(pack, versions=versions))
    for number, expected in (("012999888", 1), ("888", 0)):
        use = Use(Service.VOICE, Direction.OUT, number)
        answer = _price_of(book, "postpaid", use, pricelists.MONDAY)
        assert isinstance(answer, Price)
        assert answer.runs[0].price_micros == expected
    assert isinstance(book.offers["postpaid"], Offer)
