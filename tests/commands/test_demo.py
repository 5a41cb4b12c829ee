"""The demo population: the same people each time, whose requests mean what they should."""

import random  # noqa: TID251 -- the demo draws from a seed
from itertools import islice

import pytest

from tenure.commands.demo.habits import Habits, Once, Session
from tenure.commands.demo.population import Subscriber, first_number, population
from tenure.commands.demo.requests import (
    CONTENT,
    DATA,
    DEBIT,
    EVENT,
    INITIAL,
    SMS,
    SUCCESS,
    TERMINATE,
    UPDATE,
    VOICE,
    Part,
    Reply,
    Request,
    encoded,
)
from tenure.gateways.diameter.translate.request import Terms, ask_of
from tenure.gateways.diameter.wire.credit import Ccr, ccr_of
from tenure.gateways.diameter.wire.message import CREDIT_CONTROL, Command, Message, decoded, request
from tenure.promises.charging import model
from tenure.promises.charging.model import Ask, GroupAsk, Used
from tenure.promises.numbers import rules
from tenure.promises.tariffs.model import Direction, Service, Use
from tenure.promises.tariffs.rules import compile_book, route
from tenure.terms import pack
from tenure.terms.pricelist import Pack
from tenure.values.instant import Instant
from tenure.values.quantity import Unit
from tenure.values.refused import Refused

AT = Instant(1_795_000_000_000)
ME, OTHER = "85512345678", "85510000001"


@pytest.fixture(scope="module", params=pack.names())
def chosen(request: pytest.FixtureRequest) -> Pack:
    return pack.load(request.param)


@pytest.fixture(scope="module")
def people(chosen: Pack) -> list[Subscriber]:
    return list(population(chosen, 2_000))


def test_a_larger_demo_has_the_smaller_one_within_it(
    chosen: Pack, people: list[Subscriber]
) -> None:
    assert list(population(chosen, 300)) == people[:300]


def test_nobody_shares_a_number_a_sim_or_a_purse(people: list[Subscriber]) -> None:
    for keys in ({one.msisdn for one in people}, {one.imsi for one in people}):
        assert len(keys) == len(people)
    assert [one.purse_id for one in people] == list(range(1, len(people) + 1))


def test_every_number_is_one_that_a_person_could_type(
    chosen: Pack, people: list[Subscriber]
) -> None:
    for one in people:
        assert rules.normalised(f"+{one.msisdn}", chosen.terms.country) == one.msisdn


def test_the_first_has_the_number_and_the_funds_for_any_trial(people: list[Subscriber]) -> None:
    assert people[0].msisdn.endswith("12345678")
    assert people[0].funds_micros >= 100_000_000
    assert people[0].active_hours > 24


def test_there_is_somebody_for_every_refusal(chosen: Pack, people: list[Subscriber]) -> None:
    stages = {
        rules.stage(one.funds_end(AT), chosen.terms.lifecycle, AT, postpaid=one.offer.postpaid)
        for one in people
    }
    assert len(stages) == 4
    assert any(one.bar_outgoing for one in people)
    assert any(one.bar_incoming for one in people)
    assert any(one.suspended for one in people)
    assert any(one.lost for one in people)
    assert any(one.offer.postpaid and one.owed_micros for one in people)
    assert sum(not one.funds_micros and not one.offer.postpaid for one in people) > 10
    assert any(one.grants for one in people)


def test_nobody_owes_more_than_their_limit(people: list[Subscriber]) -> None:
    assert all(0 <= one.owed_micros <= one.offer.credit_limit_micros for one in people)


def asked(sent: Request) -> Ask:
    """What our own Diameter gateway reads in a request of the demo."""
    said = encoded(sent, "session;1", "ctf.example.net", "example.net")
    raw = request(Command.CREDIT_CONTROL, CREDIT_CONTROL, (1, 2), said)
    message = decoded(raw)
    assert isinstance(message, Message), message
    ccr = ccr_of(raw, message)
    assert isinstance(ccr, Ccr), ccr
    ask = ask_of(ccr, Terms(840, frozenset({"45606"})), "peer", AT)
    assert isinstance(ask, Ask), ask
    return ask


def test_a_call_is_read_as_it_was_meant() -> None:
    ask = asked(Request(VOICE, INITIAL, 0, ME, (Part(0, 60),), OTHER, incoming=True))
    assert (ask.request, ask.service) == (model.Request.INITIAL, Service.VOICE)
    assert (ask.msisdn, ask.other_party, ask.direction) == (ME, OTHER, Direction.IN)
    assert ask.groups == (GroupAsk(0, 0, 60, None, Unit.SECONDS),)


def test_data_is_read_as_it_was_meant() -> None:
    parts = (Part(100, 0, 5_000), Part(300, None, 7))
    ask = asked(Request(DATA, UPDATE, 3, ME, parts, visited="52001"))
    assert (ask.request, ask.number, ask.visited_plmn) == (model.Request.UPDATE, 3, "52001")
    assert ask.groups == (
        GroupAsk(100, 0, 0, Used(5_000), Unit.OCTETS),
        GroupAsk(300, 0, None, Used(7), Unit.OCTETS),
    )


def test_events_are_read_as_they_were_meant() -> None:
    text = asked(Request(SMS, EVENT, 0, ME, (Part(None, 1),), OTHER, action=DEBIT))
    assert (text.request, text.other_party, text.direction) == (
        model.Request.DEBIT,
        OTHER,
        Direction.OUT,
    )
    song = asked(
        Request(CONTENT, EVENT, 0, ME, (Part(None, 990_000),), action=DEBIT, title="a song")
    )
    assert (song.service, song.description) == (Service.CONTENT, "a song")
    assert song.groups[0].requested == 990_000


def test_a_session_uses_what_it_is_granted_until_it_has_enough() -> None:
    session = Session(Request(DATA, INITIAL, 0, ME, (Part(100, 0),)), {100: 25})
    granted = Reply(SUCCESS, {100: (SUCCESS, 10, False)})
    steps = []
    step = session.then(granted)
    while step is not None:
        steps.append((step.kind, step.number, step.parts[0].used))
        step = session.then(granted)
    assert steps == [(UPDATE, 1, 10), (UPDATE, 2, 10), (TERMINATE, 3, 5)]


def test_a_session_ends_with_its_final_units_or_its_refusal() -> None:
    opening = Request(VOICE, INITIAL, 0, ME, (Part(0, 60),))
    last = Session(opening, {0: 600}).then(Reply(SUCCESS, {0: (SUCCESS, 60, True)}))
    assert last is not None
    assert (last.kind, last.parts[0].used) == (TERMINATE, 60)
    assert Session(opening, {0: 600}).then(Reply(4012, {})) is None


def test_most_of_what_people_do_has_a_price(chosen: Pack, people: list[Subscriber]) -> None:
    book = compile_book(chosen)
    habits = Habits(chosen, people, random.Random(1))  # noqa: S311 -- nobody is kept from guessing it
    activities = list(islice(habits.activities(), 1_500))
    assert {type(one) for one in activities} == {Once, Session}
    known = {str(one.msisdn): one for one in people}
    priced = refused = 0
    for activity in activities:
        ask = asked(activity.first())
        who = known.get(ask.msisdn)
        if who is None:
            continue
        for group in ask.groups:
            use = Use(
                ask.service, ask.direction, ask.other_party, ask.visited_plmn, group.rating_group
            )
            unpriced = isinstance(route(book, who.offer.name, use), Refused)
            priced, refused = priced + (not unpriced), refused + unpriced
    assert priced > 20 * refused


def test_the_first_number_is_the_one_in_the_examples() -> None:
    assert first_number(pack.load("smart-kh")) == ME
