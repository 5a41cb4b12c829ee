"""The privacy officer's desk: what is due stands there, and nobody else sees it."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from tenure.gateways.web.server.site import Site
from tenure.gateways.web.translate import wording
from tenure.gateways.web.translate.desk import forecast as forecast_of
from tenure.gateways.web.translate.desk import left
from tenure.gateways.web.wire.desks import (
    CaseShown,
    Desk,
    EndingShown,
    Forecast,
    LetterShown,
    UnansweredShown,
)
from tenure.gateways.web.wire.pages import desk as pages
from tenure.gateways.web.wire.pages.frame import Frame
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy.model import retention
from tenure.promises.privacy.model.breaches import Leak
from tenure.promises.privacy.model.propagation import Change
from tenure.promises.privacy.operations import breaches, propagation, rights
from tenure.promises.record.model import Act
from tenure.promises.staff.model import Role
from tenure.terms import pack
from tenure.values.instant import DAY_MS, HOUR_MS, Instant, parse_instant
from tests.gateways.web.visiting import Clock, browser, sign_in, site_over
from tests.numbers.stocked import KH
from tests.privacy.leaving import CARE, agreed, disclosed
from tests.privacy.rights_asked import OFFICER, received, settled
from tests.staff.given import enrolled


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def site(pool: Pool, clock: Clock) -> Site:
    await settled(pool)
    await enrolled(pool, "clerk", Role.SALES)
    return site_over(pool, clock)


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(site) as opened:
        yield opened


async def test_only_the_officer_sees_the_desk(client: httpx.AsyncClient) -> None:
    for path in ("/desk", "/desk/endings"):
        assert (await client.get(path)).status_code == 401
    await sign_in(client, "clerk")
    assert (await client.get("/desk")).status_code == 403
    assert "/desk" not in (await client.get("/")).text
    await sign_in(client, OFFICER)
    assert (await client.get("/desk")).status_code == 200
    assert "href='/desk'" in (await client.get("/")).text


async def test_what_is_due_stands_first_and_late_is_marked(
    client: httpx.AsyncClient, pool: Pool, clock: Clock
) -> None:
    case = await received(pool)
    leak = Leak(("people.contact",), Instant(clock.at - DAY_MS))
    act = Act("sok", clock.at, bytes(range(32)))
    await perform(pool, breaches.open_file, KH, leak, Instant(clock.at - HOUR_MS), act)
    await sign_in(client, OFFICER)

    page = (await client.get("/desk")).text

    assert str(case.case.case_id) in page
    assert "1 open, 0 late, 0 that officers were warned of" in page
    assert "people.contact" in page
    assert "71 h" in page or "2 days" in page
    assert "class='bad'" not in page

    clock.later(100 * DAY_MS)
    await sign_in(client, OFFICER)
    page = (await client.get("/desk")).text
    assert "1 open, 1 late" in page
    assert len(re.findall("<tr class='bad'>", page)) == 3, "the case, and both clocks"


async def test_what_officers_were_warned_of_stands_with_its_case(
    client: httpx.AsyncClient, pool: Pool, clock: Clock
) -> None:
    case = (await received(pool)).case
    (row,) = await perform(pool, rights.cases, clock.at)
    clock.later((row.due_at - clock.at) * 95 // 100)
    act = Act("<clock>", clock.at, bytes(32))
    assert await perform(pool, rights.remind, KH, [case.case_id], act)
    await sign_in(client, OFFICER)
    page = (await client.get("/desk")).text
    assert "1 open, 0 late, 1 that officers were warned of" in page
    assert re.search(r"warned at \d+ % of its time", page)


async def test_a_recipient_that_does_not_answer_in_time_stands_there(
    client: httpx.AsyncClient, pool: Pool, owner: str, clock: Clock
) -> None:
    await agreed(owner)
    await disclosed(pool, CARE, clock.at)
    told = Act("sok", clock.at, bytes(range(32)))
    (made,) = await perform(pool, propagation.propagate, 1, Change.ERASURE, told)
    await sign_in(client, OFFICER)
    assert pages.NO_UNANSWERED in (await client.get("/desk")).text

    clock.later(made.expected_by - clock.at)
    await sign_in(client, OFFICER)

    page = (await client.get("/desk")).text
    assert str(made.message_id) in page
    assert "group-care" in page
    assert pages.NO_UNANSWERED not in page


async def test_what_ends_is_counted_when_it_is_asked(client: httpx.AsyncClient) -> None:
    await sign_in(client, OFFICER)
    found = await client.get("/desk/endings")
    assert found.status_code == 200
    assert "What ends in the months to come" in found.text


LEFT = [
    (5 * DAY_MS, "5 days"),
    (71 * HOUR_MS + 1, "71 h"),
    (59_999, "0 min"),
    (0, "0 min"),
    (-HOUR_MS, "late by 1 h"),
    (-4 * DAY_MS, "late by 4 days"),
]


@pytest.mark.parametrize(("gap", "words"), LEFT)
def test_how_long_there_is(gap: int, words: str) -> None:
    assert left(Instant(10**12 + gap), Instant(10**12)) == words


def test_an_empty_desk_says_so_and_everything_is_escaped() -> None:
    empty = pages.shown(Frame("Smart"), Desk((), (), (), (), (), ()))
    for words in (
        pages.NO_CASES,
        pages.NO_UNANSWERED,
        pages.NO_LETTERS,
        pages.NO_BREACHES,
        pages.NO_HOLDS,
    ):
        assert words in empty
    evil = "<script>alert(1)</script>"
    warned = CaseShown(*(evil,) * 6, percent=1, late=False, rests=False, alert=evil)
    stuck = LetterShown(*(evil,) * 5, stuck=True)
    late = UnansweredShown(evil, evil, evil, evil, evil, evil)
    assert evil not in pages.shown(Frame("Smart"), Desk((warned,), (late,), (stuck,), (), (), ()))
    forecast = Forecast((evil,), (EndingShown(evil, evil, (1,), 2),))
    assert evil not in pages.forecast(Frame(evil), forecast)


def test_a_month_has_one_column_and_the_last_one_says_that_more_stands_in_it() -> None:
    said, due = wording(pack.load("smart-kh")), retention.State.DUE
    # The same month, from midnight by UTC and by the clocks of Phnom Penh.
    starts = ["2027-05-01T00:00:00Z", "2027-05-01T00:00:00+07:00"]
    starts += [f"2027-{month:02}-01T00:00:00Z" for month in range(6, 12)]
    found = [
        retention.Ending("privacy.entry", "website", due, parse_instant(one), 1) for one in starts
    ]
    shown = forecast_of(found, said)
    assert shown.months[0] == "May 2027"
    assert shown.months[-1] == "October 2027, or later"
    assert shown.endings[0].counts == (2, 1, 1, 1, 1, 2)
    assert forecast_of(found[:2], said).months == ("May 2027",)
