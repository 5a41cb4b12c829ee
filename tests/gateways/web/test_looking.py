"""Looking up a number in a real store, in every form a person types, and what is told of it."""

from collections.abc import Awaitable, Callable

import pytest

from tenure.gateways.web.server.looking import Asked, Found, look
from tenure.gateways.web.server.site import Visitor
from tenure.gateways.web.translate import (
    Known,
    Wording,
    happening,
    line_view,
    number_words,
    sentence,
    wording,
)
from tenure.gateways.web.wire.shapes import LineView, NoLine
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.money import operations as money
from tenure.promises.money.model import Account, Entry, EntryKind, Grant, Purse
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Line, NewLine
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Role
from tenure.terms import pack
from tenure.values.instant import DAY_MS, Instant, parse_instant
from tenure.values.money import MICROS
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.quantity import Unit
from tests.gateways.web.state import DEMO
from tests.gateways.web.visiting import Clock, site_over

AT = parse_instant("2026-11-22T08:00:00+07:00")
END = parse_instant("2026-12-02T08:00:00+07:00")
NUMBER = Msisdn("85512345678")


@pytest.fixture(scope="module")
def said() -> Wording:
    return wording(pack.load("smart-kh"))


def line(**changed: object) -> Line:
    told: dict[str, object] = {
        "msisdn": NUMBER,
        "imsi": Imsi("456060000000001"),
        "purse_id": 1,
        "offer": "prepaid",
        "language": "km",
        "bar_outgoing": False,
        "bar_incoming": False,
        "suspended": False,
        "lost_at": None,
        "postpaid": False,
    }
    return Line(**(told | changed))  # type: ignore[arg-type]


def purse(funds: int = 4_320_000, *, end: Instant = END, owed: int = 0) -> Purse:
    grants = (
        Grant(64, Unit.OCTETS, 4 << 30, AT, END, "data-5gb-internet", 20),
        Grant(65, Unit.MICROS, 500_000, AT, END, ""),
        Grant(66, Unit.MESSAGES, 5, AT, AT, "mix-monthly-texts"),
    )
    return Purse(1, 1, 0, funds, end, owed, 100 * MICROS if owed else 0, grants, b"\x92\x90\x90")


def usage(explanation: str, **changed: object) -> Entry:
    told: dict[str, object] = {
        "purse_id": 1,
        "seq": 2,
        "at": AT,
        "kind": EntryKind.USAGE,
        "account": Account.REVENUE_VOICE,
        "funds_micros": -140_000,
        "grants_micros": 0,
        "owed_micros": 0,
        "tax_micros": 0,
        "overrun_micros": 0,
        "contra_micros": 140_000,
        "funds_after_micros": 4_320_000,
        "reference": "s",
        "party": "85512999921",
        "explanation": explanation,
    }
    return Entry(**(told | changed))  # type: ignore[arg-type]


CALL = (
    '{"service":"voice","route":"voice/out/offnet","used":61,"total":61,"due":140000,'
    '"runs":[[120,70000,60,60,"2026-10/prepaid/voice/out/offnet/day"]]}'
)


async def settled(pool: Pool) -> None:
    """A line, and the login of a demonstration."""

    async def settle(tx: Transaction) -> None:
        act = Act("<test>", AT, bytes(32))
        await money.open_purses(tx, [purse()], [usage(CALL, seq=1)])
        await numbers.open_lines(tx, [NewLine(line(), AT)], act)
        await staff.enrol(tx, "demo", "Demo", tuple(Role), act)

    await perform(pool, settle)


@pytest.fixture
async def looking(pool: Pool) -> Callable[[str], Awaitable[Found]]:
    await settled(pool)
    site = site_over(pool, Clock(AT), demo="demo")

    async def looked(typed: str) -> Found:
        return await look(site, Visitor(DEMO), Asked(typed))

    return looked


@pytest.mark.parametrize(
    "typed", ["012 345 678", "012345678", "+855 12 345 678", "85512345678", "0085512345678"]
)
async def test_a_number_is_found_in_any_usual_form(
    looking: Callable[[str], Awaitable[Found]], typed: str
) -> None:
    answer = await looking(typed)
    found = answer.line
    assert isinstance(found, LineView)
    assert (found.number, found.offer) == ("+855 12 345 678", "Smart Prepaid")
    assert (found.stage, found.well, found.funds) == ("Active", True, "USD 4.32")
    assert found.validity == "usable until 2 December 2026, 08:00"
    assert [(part.name, part.value) for part in found.parts] == [
        ("Promotional money", "USD 0.50"),
        ("5 GB for 7 days", "4 GB"),
    ]
    [charge] = found.charges
    assert charge.sentence == "Called …21, 1 min 1 s (other networks in Cambodia)"
    assert charge.detail == "2 min at USD 0.07 per minute (tariff 2026-10, day)."
    assert (charge.amount, charge.after) == ("USD 0.14", "USD 4.32 left")
    assert answer.story is not None
    assert answer.story.holders == ()


@pytest.mark.parametrize("typed", ["", "abc", "1", "9" * 41, "012 345 67"])
async def test_what_is_no_number_of_ours_is_said_to_be_none(
    looking: Callable[[str], Awaitable[Found]], typed: str
) -> None:
    answer = await looking(typed)
    assert isinstance(answer.line, NoLine)
    assert answer.line.words
    assert (answer.story, answer.status) == (None, 404)


@pytest.mark.parametrize(
    ("changed", "stage"),
    [
        ({"lost_at": AT}, "Lost or stolen"),
        ({"suspended": True}, "Suspended"),
        ({"bar_outgoing": True, "bar_incoming": True}, "Barred both ways"),
        ({"bar_outgoing": True}, "Outgoing barred"),
        ({"bar_incoming": True}, "Incoming barred"),
        ({"lost_at": AT, "suspended": True, "bar_outgoing": True}, "Lost or stolen"),
    ],
)
def test_what_keeps_a_line_from_use_is_told_first(
    said: Wording, changed: dict[str, object], stage: str
) -> None:
    view = line_view(Known(line(**changed), purse(), (), ()), said, AT)
    assert (view.stage, view.well) == (stage, False)


@pytest.mark.parametrize(
    ("days_ago", "stage", "words"),
    [
        (-1, "Active", "Everything works until 23 November 2026"),
        (0, "Outgoing blocked", "incoming is blocked too from 21 January 2027"),
        (59, "Outgoing blocked", "incoming is blocked too from 23 November 2026"),
        (60, "Blocked both ways", "recycled after 22 December 2026"),
        (89, "Blocked both ways", "recycled after 23 November 2026"),
        (90, "Due for recycling", "given to somebody else"),
    ],
)
def test_the_stage_says_what_works_and_until_when(
    said: Wording, days_ago: int, stage: str, words: str
) -> None:
    end = Instant(AT - days_ago * DAY_MS)
    view = line_view(Known(line(), purse(end=end), (), ()), said, AT)
    assert view.stage == stage
    assert words in view.stage_words


def test_funds_that_ended_come_back_for_seven_days(said: Wording) -> None:
    ended = line_view(Known(line(), purse(end=Instant(AT - DAY_MS)), (), ()), said, AT)
    assert ended.funds == "USD 0.00"
    assert "USD 4.32 come back with a top-up before 28 November 2026, 08:00" in ended.validity
    gone = line_view(Known(line(), purse(end=Instant(AT - 8 * DAY_MS)), (), ()), said, AT)
    assert "come back" not in gone.validity


def test_a_bill_says_what_is_owed(said: Wording) -> None:
    known = Known(line(postpaid=True, offer="postpaid"), purse(0, owed=7 * MICROS), (), ())
    view = line_view(known, said, AT)
    assert (view.funds, view.validity) == ("USD 7.00", "owed, of a credit limit of USD 100.00")
    entry = usage(CALL, funds_micros=0, owed_micros=-140_000)
    assert happening(entry, "", said, "").after == "on the bill"


def test_words_that_were_recorded_are_told_as_they_are(said: Wording) -> None:
    entry = usage(
        '{"what":"topup","words":"USD 5.00 added. All is well."}',
        kind=EntryKind.TOPUP,
        funds_micros=5 * MICROS,
    )
    told = happening(entry, "…78", said, "08:00:00")
    assert (told.sentence, told.detail, told.amount) == (
        "USD 5.00 added",
        "All is well.",
        "+USD 5.00",
    )


def test_whom_somebody_called_is_masked(said: Wording) -> None:
    assert "85512999921" not in sentence(usage(CALL), said)


def test_numbers_are_written_as_people_write_them() -> None:
    assert number_words("85512345678") == "+855 12 345 678"
    assert number_words("000") == "+000"
