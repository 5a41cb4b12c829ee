"""Sessions at the desk: what is granted, held, charged, repeated, refused and given back."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.promises.charging import rules
from tenure.promises.charging.model import Answer, Ask, FinalUnit, GroupAsk, Refusal, Request
from tenure.promises.charging.rules.metering import Held, Till, open_meter, rounding_of
from tenure.promises.money.model import Grant
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import Direction, Route, Service
from tenure.terms import pack
from tenure.values.instant import DAY_MS, NEVER, Instant
from tenure.values.money import Rounding
from tenure.values.quantity import Unit
from tenure.values.refused import Refused
from tests.charging.story import ADA, MB, NOON, ONNET, Story, book

INITIAL, UPDATE, TERMINATE = Request.INITIAL, Request.UPDATE, Request.TERMINATE
DATA, VOICE = Service.DATA, Service.VOICE


def units(answer: Answer) -> int | None:
    return answer.groups[0].units


def allowance(name: str, unit: Unit, amount: int, ends: int = NOON + 30 * DAY_MS) -> Grant:
    return Grant(1, unit, amount, Instant(0), Instant(ends), name, 30)


def test_a_call_costs_its_whole_minutes_once() -> None:
    ada = Story(1_000_000)
    first = ada.request(INITIAL, 0, want=60)
    assert (units(first), ada.held, ada.funds) == (60, 70_000, 1_000_000)

    second = ada.wait(60).request(UPDATE, 1, used=60, want=60)
    assert (units(second), second.cost_micros, ada.funds, ada.held) == (60, 70_000, 930_000, 70_000)

    last = ada.wait(5).request(TERMINATE, 2, used=5)
    assert (last.cost_micros, ada.funds, ada.held) == (70_000, 860_000, 0)
    assert [entry.contra_micros + entry.tax_micros for entry in ada.entries] == [70_000, 70_000]


def test_what_is_held_is_not_available_to_another_session() -> None:
    ada = Story(100_000)
    assert units(ada.request(INITIAL, 0, key="one", want=60)) == 60  # 0.07 of 0.10 is held
    other = ada.request(INITIAL, 0, key="two", want=60)
    assert other.refusal is Refusal.CREDIT_EXHAUSTED
    ada.request(TERMINATE, 1, key="one", used=0)
    assert units(ada.request(INITIAL, 0, key="two", want=60)) == 60


def test_a_hold_ends_by_itself_when_the_network_element_dies() -> None:
    ada = Story(100_000)
    ada.request(INITIAL, 0, key="one", want=60)
    ada.wait(2 * 86_400)
    assert units(ada.request(INITIAL, 0, key="two", want=60)) == 60


@pytest.mark.parametrize(
    ("funds", "granted", "final"),
    [
        (70_000 * 3, 180, None),
        (70_000 * 2, 120, FinalUnit.TERMINATE),
        (70_000 * 3 - 1, 120, FinalUnit.TERMINATE),
        (70_000, 60, FinalUnit.TERMINATE),
        (69_999, None, None),
        (0, None, None),
    ],
)
def test_the_last_grant_is_what_can_be_paid_to_the_micro(
    funds: int, granted: int | None, final: FinalUnit | None
) -> None:
    answer = Story(funds).request(INITIAL, 0, want=180)
    assert (units(answer), answer.groups[0].final) == (granted, final)
    assert (answer.refusal is Refusal.CREDIT_EXHAUSTED) == (granted is None)


def test_use_beyond_the_grant_is_ours_to_bear() -> None:
    ada = Story(70_000)
    ada.request(INITIAL, 0, want=60)
    ada.wait(150).request(TERMINATE, 1, used=150)
    entry = ada.entries[0]
    assert ada.funds == 0
    assert (entry.funds_micros, entry.overrun_micros) == (-70_000, -140_000)
    assert entry.contra_micros + entry.tax_micros == 210_000


def test_a_repeat_gets_the_recorded_answer_and_no_effect() -> None:
    ada = Story()
    opened = ada.request(INITIAL, 0, want=60)
    again = ada.wait(3).request(INITIAL, 0, want=60)
    assert (again.groups, again.repeated) == (opened.groups, True)
    charged = ada.request(UPDATE, 1, used=60, want=60)
    repeat = ada.request(UPDATE, 1, used=60, want=60)
    assert (repeat.cost_micros, repeat.repeated, ada.funds) == (charged.cost_micros, True, 930_000)
    ended = ada.request(TERMINATE, 2, used=10)
    repeat = ada.wait(60).request(TERMINATE, 2, used=10)
    assert (repeat.cost_micros, repeat.repeated, len(ada.entries)) == (ended.cost_micros, True, 2)


@pytest.mark.parametrize(
    ("request_", "number", "used", "refusal"),
    [
        (UPDATE, 1, 59, Refusal.KEY_REUSED),
        (INITIAL, 0, None, Refusal.KEY_REUSED),
        (INITIAL, 5, None, Refusal.SESSION_EXISTS),
    ],
)
def test_a_number_with_another_content_is_refused(
    request_: Request, number: int, used: int | None, refusal: Refusal
) -> None:
    ada = Story()
    ada.request(INITIAL, 0, want=60)
    ada.request(UPDATE, 1, used=60, want=60)
    before = ada.case
    assert ada.request(request_, number, used=used, want=61).refusal is refusal
    assert ada.case == before


@pytest.mark.parametrize("request_", [UPDATE, TERMINATE])
def test_nothing_is_charged_to_a_session_that_is_not_open(request_: Request) -> None:
    ada = Story()
    assert ada.request(request_, 1, used=60).refusal is Refusal.UNKNOWN_SESSION
    ada.request(INITIAL, 0, want=60)
    ada.request(TERMINATE, 1, used=0)
    assert ada.request(request_, 2, used=60).refusal is Refusal.UNKNOWN_SESSION
    assert (ada.funds, ada.held) == (1_000_000, 0)


def test_a_late_request_counts_once_and_a_forgotten_number_never() -> None:
    ada = Story()
    ada.request(INITIAL, 0, want=60)
    ada.request(UPDATE, 2, used=60, want=60)
    late = ada.request(UPDATE, 1, used=60, want=60)
    assert (late.refusal, units(late), ada.funds) == (None, None, 860_000)
    assert ada.request(UPDATE, 1, used=60, want=60).repeated
    ada.request(UPDATE, 3, used=0, want=60)
    ada.request(UPDATE, 4, used=0, want=60)
    assert ada.request(UPDATE, 1, used=60, want=60).refusal is Refusal.OUT_OF_ORDER
    assert ada.funds == 860_000


@pytest.mark.parametrize(
    ("change", "direction", "refusal"),
    [
        ({"bar_outgoing": True}, Direction.OUT, Refusal.BARRED),
        ({"bar_outgoing": True}, Direction.IN, None),
        ({"bar_incoming": True}, Direction.IN, Refusal.BARRED),
        ({"suspended": True}, Direction.IN, Refusal.SUSPENDED),
        ({"lost_at": NOON}, Direction.OUT, Refusal.LOST_OR_STOLEN),
        ({"lost_at": NOON, "suspended": True}, Direction.OUT, Refusal.LOST_OR_STOLEN),
        ({"lost_at": NOON + 1}, Direction.OUT, None),
    ],
)
def test_bars_decide_first(
    change: dict[str, object], direction: Direction, refusal: Refusal | None
) -> None:
    ada = Story()
    ada.line(**change)
    assert ada.request(INITIAL, 0, want=60, direction=direction).refusal is refusal


@pytest.mark.parametrize(
    ("until_ms", "service", "direction", "refusal"),
    [
        (-1_000, Service.DATA, Direction.OUT, None),
        (0, Service.DATA, Direction.OUT, None),  # the end itself is outside
        (1, Service.DATA, Direction.OUT, Refusal.RESTRICTED),
        (1_000, Service.DATA, Direction.OUT, Refusal.RESTRICTED),
        (1_000, Service.VOICE, Direction.OUT, None),
    ],
)
def test_a_restriction_is_of_its_service_and_ends_by_itself(
    until_ms: int, service: Service, direction: Direction, refusal: Refusal | None
) -> None:
    ada = Story()
    ada.line(restricted_until=(None, None, None, Instant(NOON + until_ms), None))
    answer = ada.request(INITIAL, 0, service=service, want=60, direction=direction)
    assert answer.refusal is refusal


def test_what_comes_in_is_never_restricted() -> None:
    ada = Story()
    ada.line(restricted_until=(NEVER,) * 5)
    assert ada.request(INITIAL, 0, want=60, direction=Direction.IN).refusal is None
    assert ada.request(INITIAL, 0, want=60, key="out").refusal is Refusal.RESTRICTED


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"bar_outgoing": True}, Refusal.RESTRICTED),
        ({"suspended": True}, Refusal.SUSPENDED),
        ({"suspended": True, "lost_at": NOON}, Refusal.LOST_OR_STOLEN),
    ],
)
def test_where_a_restriction_stands_among_the_bars(
    change: dict[str, object], refusal: Refusal
) -> None:
    ada = Story()
    ada.line(restricted_until=(NEVER,) * 5, **change)
    assert ada.request(INITIAL, 0, want=60).refusal is refusal


def test_a_session_under_way_is_charged_to_the_restriction_and_given_no_more() -> None:
    ada = Story()
    ada.request(INITIAL, 0, want=60)
    ada.line(restricted_until=(Instant(NOON + 3_600_000), None, None, None, None))
    assert [(one.abort, one.reason) for one in rules.stale(book(), ada.case, ada.now)] == [
        (True, "restricted")
    ]
    answer = ada.wait(60).request(UPDATE, 1, used=60, want=60)
    assert [group.refusal for group in answer.groups] == [Refusal.RESTRICTED]
    assert ada.funds == 1_000_000 - 70_000
    ada.wait(3_600)
    assert rules.stale(book(), ada.case, ada.now) == []


@pytest.mark.parametrize("emergency", ["117", "118", "119"])
def test_emergency_numbers_always_go_and_are_free(emergency: str) -> None:
    ada = Story(0)
    ada.line(lost_at=Instant(NOON - 1), suspended=True, bar_outgoing=True)
    ada.line(restricted_until=(NEVER,) * 5)
    ada.purse(funds_end=Instant(NOON - 80 * DAY_MS))
    assert units(ada.request(INITIAL, 0, want=60, to=emergency)) == 60
    ada.wait(60).request(TERMINATE, 1, used=60, to=emergency)
    assert [entry.contra_micros for entry in ada.entries] == [0]


@pytest.mark.parametrize(
    ("seconds_after_the_end", "direction", "refusal"),
    [
        (-1, Direction.OUT, None),
        (0, Direction.OUT, Refusal.STAGE_BLOCKED),
        (0, Direction.IN, None),
        (60 * 86_400 - 1, Direction.IN, None),
        (60 * 86_400, Direction.IN, Refusal.STAGE_BLOCKED),
        (90 * 86_400, Direction.IN, Refusal.STAGE_BLOCKED),
    ],
)
def test_the_stage_of_the_number_blocks_it(
    seconds_after_the_end: int, direction: Direction, refusal: Refusal | None
) -> None:
    ada = Story()
    ada.purse(funds_end=Instant(NOON - seconds_after_the_end * 1_000))
    assert ada.request(INITIAL, 0, want=60, direction=direction).refusal is refusal


def test_usage_after_a_loss_report_is_not_charged() -> None:
    ada = Story()
    ada.request(INITIAL, 0, want=600)
    ada.line(lost_at=Instant(NOON + 90_000))
    ada.wait(300).request(TERMINATE, 1, used=300)
    assert ada.funds == 1_000_000 - 2 * 70_000
    assert '"uncharged":210' in ada.entries[0].explanation
    again = Story()
    again.request(INITIAL, 0, want=600)
    again.line(lost_at=NOON)
    again.wait(300).request(TERMINATE, 1, used=300)
    assert again.funds == 1_000_000


def test_a_bar_stops_a_running_session_within_one_request() -> None:
    ada = Story()
    ada.request(INITIAL, 0, want=60)
    ada.line(bar_outgoing=True)
    answer = ada.wait(60).request(UPDATE, 1, used=60, want=60)
    assert (answer.refusal, answer.groups[0].refusal) == (None, Refusal.BARRED)
    assert (ada.funds, ada.held) == (930_000, 0)


def test_an_allowance_is_spent_before_money_and_a_hold_keeps_it() -> None:
    minutes = allowance("mix-monthly-minutes", Unit.SECONDS, 90)
    ada = Story(1_000_000, grants=(minutes,))
    ada.request(INITIAL, 0, want=120)
    assert ada.held == 35_000  # the other half minute of the second minute
    ada.wait(120).request(TERMINATE, 1, used=120)
    assert (ada.case.purse.grants[0].remaining, ada.funds) == (0, 965_000)


def test_an_allowance_alone_is_no_positive_balance_where_the_terms_say_funds() -> None:
    minutes = allowance("mix-monthly-minutes", Unit.SECONDS, 600)
    answer = Story(0, grants=(minutes,)).request(INITIAL, 0, want=60)
    assert answer.refusal is Refusal.CREDIT_EXHAUSTED
    assert units(Story(1, grants=(minutes,)).request(INITIAL, 0, want=60)) == 60


def test_several_rating_groups_share_the_purse_and_answer_apart() -> None:
    ada = Story(80_000)
    ada.request(INITIAL, 0, service=DATA, group=100, want=9 * MB)
    more = ada.request(UPDATE, 1, service=DATA, group=300, want=100 * MB)
    assert (units(more), more.groups[0].final) == (4 * MB, FinalUnit.REDIRECT)
    unknown = ada.request(UPDATE, 2, service=DATA, group=77, want=MB)
    assert unknown.groups[0].refusal is Refusal.UNKNOWN_RATING_GROUP
    assert ada.held == 80_000


def test_a_group_named_twice_is_granted_and_held_once() -> None:
    ada = Story(1_000_000)
    ada.ask(
        Ask(
            INITIAL,
            "call",
            0,
            ada.now,
            VOICE,
            Direction.OUT,
            msisdn=ADA,
            other_party="012999888",
            groups=(GroupAsk(0, 0, 60), GroupAsk(0, 0, 120)),
        )
    )
    assert ada.held == 140_000
    ada.wait(60).request(TERMINATE, 1, used=60)
    assert (ada.held, ada.funds) == (0, 930_000)


def test_data_is_priced_as_it_was_granted_unless_the_peer_tells_the_change_apart() -> None:
    evening = Instant(NOON + 10 * 3_600_000 + 50 * 60_000)  # 22:50; night begins at 23:00
    ada = Story(start=evening)
    grant = ada.request(INITIAL, 0, service=DATA, group=100, want=10 * MB).groups[0]
    assert grant.validity_seconds == 600
    ada.wait(1_200).request(UPDATE, 1, service=DATA, group=100, used=2 * MB, want=MB)
    assert ada.funds == 1_000_000 - 2 * 8_000
    ada.request(UPDATE, 2, service=DATA, group=100, used=MB, want=10 * MB)
    assert ada.funds == 1_000_000 - 2 * 8_000 - 4_000
    told = Story(start=evening)
    told.request(INITIAL, 0, service=DATA, group=100, want=10 * MB)
    told.wait(1_200).request(TERMINATE, 1, service=DATA, group=100, used=3 * MB, before_change=MB)
    assert told.funds == 1_000_000 - 8_000 - 2 * 4_000


def test_a_call_across_the_night_is_priced_second_by_second() -> None:
    evening = Instant(NOON + 10 * 3_600_000 + 58 * 60_000)  # 22:58
    ada = Story(start=evening)
    ada.request(INITIAL, 0, want=600)
    ada.wait(300).request(TERMINATE, 1, used=300)
    assert ada.funds == 1_000_000 - 2 * 70_000 - 3 * 50_000


def test_a_zero_rated_group_costs_nothing_and_is_still_explained() -> None:
    ada = Story(0)
    assert units(ada.request(INITIAL, 0, service=DATA, group=900, want=MB)) == MB
    ada.request(TERMINATE, 1, service=DATA, group=900, used=MB)
    assert [(entry.funds_micros, entry.contra_micros) for entry in ada.entries] == [(0, 0)]


@given(
    cuts=st.lists(st.integers(0, 400), min_size=1, max_size=8),
    to=st.sampled_from([ONNET, "012999888", "0012125550100"]),
    offset=st.integers(0, 86_400),
)
def test_how_a_call_is_cut_into_updates_never_changes_its_price(
    cuts: list[int], to: str, offset: int
) -> None:
    """The law of CLAUSES GTC-VOICE: one call, one price, one rounding."""
    start = Instant(NOON + offset * 1_000)
    total = sum(cuts)
    whole = Story(100_000_000, start=start)
    whole.request(INITIAL, 0, want=3_600, to=to)
    whole.wait(total).request(TERMINATE, 1, used=total, to=to)
    cut = Story(100_000_000, start=start)
    cut.request(INITIAL, 0, want=600, to=to)
    for number, seconds in enumerate(cuts, 1):
        cut.wait(seconds).request(UPDATE, number, used=seconds, want=600, to=to)
    cut.request(TERMINATE, len(cuts) + 1, used=0, to=to)
    assert cut.funds == whole.funds


@given(
    cuts=st.lists(st.integers(0, 3 * MB), min_size=1, max_size=8),
    funds=st.integers(0, 100_000),
    minutes=st.integers(0, 3 * MB),
)
def test_money_is_conserved_and_never_below_zero(cuts: list[int], funds: int, minutes: int) -> None:
    ada = Story(funds, grants=(allowance("data-5gb-internet", Unit.OCTETS, minutes),))
    ada.request(INITIAL, 0, service=DATA, group=100, want=MB)
    for number, octets in enumerate(cuts, 1):
        ada.wait(7).request(UPDATE, number, service=DATA, group=100, used=octets, want=MB)
        assert 0 <= ada.held <= ada.funds
    ada.request(TERMINATE, len(cuts) + 1, service=DATA, group=100, used=0)
    assert ada.held == 0
    assert ada.funds == funds + sum(entry.funds_micros for entry in ada.entries)
    for entry in ada.entries:
        legs = (
            entry.funds_micros
            + entry.grants_micros
            + entry.owed_micros
            + entry.tax_micros
            + entry.overrun_micros
            + entry.contra_micros
        )
        assert legs == 0


@given(st.lists(st.integers(0, 400), min_size=1, max_size=5))
def test_prepaid_and_postpaid_price_the_same_use_alike(cuts: list[int]) -> None:
    spent = []
    for story in (
        Story(50_000_000),
        Story(0, offer="postpaid", limit_micros=50_000_000),
    ):
        story.request(INITIAL, 0, want=600)
        for number, seconds in enumerate(cuts, 1):
            story.wait(seconds).request(UPDATE, number, used=seconds, want=600)
        story.request(TERMINATE, len(cuts) + 1, used=0)
        spent.append(sum(entry.contra_micros + entry.tax_micros for entry in story.entries))
    assert spent[0] == spent[1]


@pytest.mark.parametrize("service", [VOICE, DATA])
@pytest.mark.parametrize(("want", "used"), [(-1, None), (1 << 51, None), (60, -5), (60, 1 << 51)])
def test_impossible_units_are_refused(service: Service, want: int, used: int | None) -> None:
    ada = Story()
    answer = ada.request(INITIAL, 0, service=service, group=100, want=want, used=used)
    assert (answer.refusal, ada.funds, ada.held) == (Refusal.INVALID_UNITS, 1_000_000, 0)


def test_a_usage_is_rounded_as_the_version_says_in_which_it_began() -> None:
    published = pack.load("smart-kh")
    first, second = published.versions
    changed = msgspec.structs.replace(second, rounding=Rounding.UP)
    two = tariffs.compile_book(msgspec.structs.replace(published, versions=(first, changed)))
    change = second.effective_from
    route = Route("voice/out/offnet", VOICE, Direction.OUT, always=False)
    till = Till(two, "prepaid", Held(0, {}))
    for since, rounding in ((change - 1, Rounding.DOWN), (change, Rounding.UP)):
        meter = open_meter(0, 0, route, Instant(since))
        force = tariffs.in_force(two, "prepaid", route.key, Instant(change + 60_000))
        assert not isinstance(force, Refused)
        assert rounding_of(till, meter, force) is rounding
