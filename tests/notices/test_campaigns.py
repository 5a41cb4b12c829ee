"""Campaigns on a real PostgreSQL: everybody is told once, whoever dies, joins, moves or waits."""

import asyncio
import os
import signal
import subprocess
import sys

import msgspec
import psycopg
import pytest

from tenure.commands import campaigning
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import (
    Audience,
    Campaign,
    CampaignCounts,
    CampaignRefusal,
    CampaignState,
    CampaignStep,
    NewCampaign,
    NoticeKind,
)
from tenure.promises.notices.rules import campaigns as rules
from tenure.promises.record.model import Act
from tenure.values.instant import DAY_MS, NEVER, Instant
from tenure.values.refused import Refused
from tests.notices.crowd import FIRST, crowd, rows

AT = Instant(1_800_000_000_000)
FACTS = {
    "en": {"effective_at": "2027-03-01T00:00:00Z", "summary": "calls cost less", "page": "a page"},
    "km": {"effective_at": "2027-03-01T00:00:00Z", "summary": "ថោកជាងមុន", "page": "a page"},
}
NEW = NewCampaign(
    "tariff smart-kh 2027-03", NoticeKind.TARIFF_CHANGE, Audience(), FACTS, "en", NEVER
)


def act(reason: str = "", at: Instant = AT) -> Act:
    return Act("sok", at, bytes(range(32)), reason)


async def opened(pool: Pool, new: NewCampaign = NEW) -> Campaign:
    made = await perform(pool, notices.campaigns.open_one, new, act())
    assert isinstance(made, Campaign)
    return made


async def planned(
    pool: Pool, campaign: Campaign, at: Instant = AT, page: int = 40
) -> tuple[int, int]:
    return await campaigning.plan(pool, campaign, lambda: at, page_lines=page)


async def counts(pool: Pool, campaign: Campaign) -> CampaignCounts:
    return await perform(pool, notices.campaigns.counts, campaign.campaign_id)


async def test_everybody_is_planned_once_and_told_in_their_language(pool: Pool, owner: str) -> None:
    crowd(owner, 100)
    campaign = await opened(pool)

    assert await planned(pool, campaign) == (100, 100)
    assert await planned(pool, campaign) == (0, 0)  # nothing to plan until tomorrow
    assert await counts(pool, campaign) == CampaignCounts(100, 0, 0, 0)
    assert await perform(pool, notices.campaigns.release, campaign.campaign_id, AT) == 100
    assert await perform(pool, notices.campaigns.release, campaign.campaign_id, AT) == 0
    assert await counts(pool, campaign) == CampaignCounts(0, 100, 0, 0)

    told = rows(
        owner,
        "SELECT n.msisdn, n.person_id, n.language, n.facts ->> 'summary', t.holder_id "
        "FROM notices.notice n LEFT JOIN numbers.tenure t USING (msisdn) ORDER BY n.msisdn",
    )
    assert [one[0] for one in told] == [str(FIRST + n) for n in range(1, 101)]
    assert all(one[1] == one[4] for one in told)
    summary = {"en": "calls cost less", "km": "ថោកជាងមុន", "xx": "calls cost less"}
    assert all(one[3] == summary[str(one[2])] for one in told)


async def test_only_lines_of_the_offers_are_meant(pool: Pool, owner: str) -> None:
    crowd(owner, 100)
    campaign = await opened(pool, msgspec.structs.replace(NEW, audience=Audience(("postpaid",))))

    assert await planned(pool, campaign, page=7) == (20, 20)


async def test_a_person_is_told_once_at_the_first_of_their_numbers(pool: Pool, owner: str) -> None:
    crowd(owner, 100)
    audience = Audience(once_per_person=True)
    campaign = await opened(pool, msgspec.structs.replace(NEW, audience=audience))

    assert await planned(pool, campaign, page=13) == (90, 46)
    told = rows(owner, "SELECT person_id, msisdn FROM notices.recipient ORDER BY person_id")
    assert [one[0] for one in told] == list(range(1, 47))
    assert told[1] == (2, str(FIRST + 2))
    assert await perform(pool, notices.campaigns.release, campaign.campaign_id, AT) == 46


PLANNER = """
import asyncio, sys
from tenure.commands import campaigning
from tenure.postgres.pool import pool_of
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices

async def main() -> None:
    async with pool_of(sys.argv[1], size_min=1, size_max=1) as pool:
        campaign = await perform(pool, notices.campaigns.find, int(sys.argv[2]))
        at = campaign.opened_at
        say = lambda looked, _: print(looked, flush=True)
        await campaigning.plan(pool, campaign, lambda: at, say, 10)

asyncio.run(main())
"""


async def test_a_planner_that_is_killed_leaves_no_double_and_no_gap(
    pool: Pool, database: str, owner: str
) -> None:
    crowd(owner, 1_500)
    campaign = await opened(pool)
    killed = 0
    for pages in (3, 1, 7, 20, 0):
        planner = subprocess.Popen(  # noqa: ASYNC220 -- nothing else is to happen meanwhile
            [sys.executable, "-c", PLANNER, database, str(campaign.campaign_id)],
            stdout=subprocess.PIPE,
        )
        assert planner.stdout is not None
        for _ in range(pages):
            planner.stdout.readline()
        if pages:
            os.kill(planner.pid, signal.SIGKILL)
            killed += planner.wait() == -signal.SIGKILL
        else:
            assert planner.wait() == 0
        planner.stdout.close()

    assert killed == 4
    found = rows(owner, "SELECT msisdn, count(*) FROM notices.recipient GROUP BY 1 ORDER BY 1")
    assert found == [(str(FIRST + n), 1) for n in range(1, 1_501)]
    again = await perform(pool, notices.campaigns.find, campaign.campaign_id)
    assert isinstance(again, Campaign)
    assert (again.runs, again.cursor) == (1, "")


async def test_two_planners_at_once_plan_everybody_once(pool: Pool, owner: str) -> None:
    crowd(owner, 300)
    campaign = await opened(pool)

    both = await asyncio.gather(planned(pool, campaign, page=9), planned(pool, campaign, page=11))

    assert sum(added for _, added in both) == 300
    assert await counts(pool, campaign) == CampaignCounts(300, 0, 0, 0)


async def test_who_comes_later_is_added_by_a_later_run(pool: Pool, owner: str) -> None:
    crowd(owner, 20)
    campaign = await opened(pool)
    await planned(pool, campaign)
    await perform(pool, notices.campaigns.release, campaign.campaign_id, AT)
    # A new line, and a number that goes to somebody else.
    rows_before = rows(owner, "SELECT count(*) FROM notices.notice")
    with psycopg.connect(owner) as connection:
        connection.execute("INSERT INTO money.purse (purse_id, funds_end) VALUES (999, now())")
        connection.execute(
            "INSERT INTO numbers.line (msisdn, imsi, purse_id, offer, language, since)"
            " VALUES ('85519999999', '456069999999999', 999, 'prepaid', 'km', now())"
        )
        connection.execute(
            "UPDATE numbers.tenure SET holder_id = 9 WHERE msisdn = %s", [str(FIRST + 1)]
        )
    just_before = Instant(AT + DAY_MS - 1)
    assert await planned(pool, campaign, just_before) == (0, 0)
    assert rows_before == [(20,)]

    assert await planned(pool, campaign, Instant(AT + DAY_MS)) == (21, 2)
    assert await counts(pool, campaign) == CampaignCounts(2, 20, 0, 0)


async def test_a_campaign_is_paused_goes_on_and_is_cancelled(pool: Pool, owner: str) -> None:
    crowd(owner, 30)
    campaign = await opened(pool)
    number = campaign.campaign_id
    await planned(pool, campaign)
    operations = notices.campaigns

    assert isinstance(await perform(pool, operations.pause, number, act()), Campaign)
    again = await perform(pool, operations.pause, number, act())
    assert isinstance(again, Refused)
    assert again.refusal is CampaignRefusal.PAUSED_ALREADY
    assert await perform(pool, operations.release, number, AT) == 0
    assert await perform(pool, operations.under_way, AT) == []
    assert isinstance(await perform(pool, operations.resume, number, act()), Campaign)
    assert [step for _, step in await perform(pool, operations.under_way, AT)] == [
        CampaignStep.RELEASE
    ]
    silent = await perform(pool, operations.cancel, number, act(" "))
    assert isinstance(silent, Refused)
    assert silent.refusal is CampaignRefusal.REASON_MISSING
    ended = await perform(pool, operations.cancel, number, act("a mistake in the summary"))
    assert isinstance(ended, Campaign)
    assert operations.state(ended, AT) is CampaignState.CANCELLED
    assert await perform(pool, operations.release, number, AT) == 0
    over = await perform(pool, operations.resume, number, act())
    assert isinstance(over, Refused)
    assert over.refusal is CampaignRefusal.OVER_ALREADY


async def test_the_same_again_is_the_same_campaign_and_another_text_is_refused(pool: Pool) -> None:
    first = await opened(pool)

    assert await opened(pool) == first
    other = msgspec.structs.replace(NEW, facts={"en": {**FACTS["en"], "summary": "dearer"}})
    refused = await perform(pool, notices.campaigns.open_one, other, act())
    assert isinstance(refused, Refused)
    assert refused.refusal is CampaignRefusal.KEY_REUSED


async def test_a_text_that_lacks_a_fact_is_our_own_mistake(pool: Pool) -> None:
    broken = msgspec.structs.replace(NEW, facts={**FACTS, "km": {"summary": "…"}})

    with pytest.raises(AssertionError, match="km"):
        await perform(pool, notices.campaigns.open_one, broken, act())


AGAIN = (
    "INSERT INTO notices.recipient (campaign_id, per, person_id, msisdn, language) "
    "SELECT campaign_id, per, person_id, msisdn, 'en' FROM notices.recipient LIMIT 1"
)


@pytest.mark.parametrize(
    ("statement", "refused"),
    [
        (AGAIN, "recipient_is_told_once"),
        ("UPDATE notices.recipient SET notice_id = NULL", "recipient_stays_told"),
    ],
)
async def test_the_database_keeps_who_was_told(
    pool: Pool, owner: str, statement: str, refused: str
) -> None:
    crowd(owner, 10)
    campaign = await opened(pool)
    await planned(pool, campaign)
    await perform(pool, notices.campaigns.release, campaign.campaign_id, AT)

    with psycopg.connect(owner) as connection, pytest.raises(psycopg.IntegrityError) as error:
        connection.execute(statement.encode())

    assert error.value.diag.constraint_name == refused


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notices.campaign SET facts = '{}'",
        "UPDATE notices.recipient SET msisdn = '85512345678'",
        "DELETE FROM notices.recipient",
        "DELETE FROM notices.campaign",
    ],
)
async def test_the_application_cannot_unsay_a_campaign(database: str, statement: str) -> None:
    with (
        psycopg.connect(database) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


@pytest.mark.parametrize(
    ("changed", "at", "state", "step"),
    [
        ({}, AT, "planning", "plan"),
        ({"run_ended_at": AT, "runs": 1}, AT, "sending", "release"),
        ({"run_ended_at": AT, "runs": 1}, AT + DAY_MS - 1, "sending", "release"),
        ({"run_ended_at": AT, "runs": 1}, AT + DAY_MS, "sending", "plan"),
        ({"run_ended_at": AT, "runs": 1, "cursor": "855"}, AT, "sending", "plan"),
        ({"paused_at": AT}, AT, "paused", "rest"),
        ({"cancelled_at": AT}, AT - 1, "planning", "plan"),
        ({"cancelled_at": AT}, AT, "cancelled", "rest"),
        ({"until": AT}, AT - 1, "planning", "plan"),
        ({"until": AT}, AT, "ended", "rest"),
    ],
)
def test_what_a_campaign_does_next(
    changed: dict[str, object], at: int, state: str, step: str
) -> None:
    rest = dict(changed)
    new = msgspec.structs.replace(NEW, until=Instant(int(str(rest.pop("until", NEVER)))))
    plain = Campaign(1, new, Instant(AT - 1), "", 0, None)
    campaign = msgspec.structs.replace(plain, **rest)

    assert rules.state(campaign, Instant(at)).value == state
    assert rules.step(campaign, Instant(at)).value == step


@pytest.mark.parametrize(("waiting", "more"), [(0, 5_000), (4_999, 1), (5_000, 0), (9_000, 0)])
def test_nothing_more_urgent_waits_behind_a_million(waiting: int, more: int) -> None:
    assert rules.releasable(waiting) == more
