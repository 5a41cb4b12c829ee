"""A new price on a real PostgreSQL: in force for nobody before everybody had thirty days."""

import asyncio

import msgspec
import psycopg
import pytest

from tenure.commands import campaigning
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.staff import operations as staff
from tenure.promises.tariffs import operations as tariffs
from tenure.promises.tariffs import rules
from tenure.promises.tariffs.model import (
    Considered,
    InForce,
    PublishedVersion,
    PublishRefusal,
    PublishRequest,
    Untold,
    VersionState,
)
from tenure.promises.tariffs.rules.publishing import LEARN_MS
from tenure.terms.pricelist import Pack
from tenure.values.instant import DAY_MS, SECOND_MS, Instant, iso, moment_of
from tenure.values.refused import Refused
from tests.notices.crowd import FIRST, crowd, rows
from tests.staff.given import AT, key_of
from tests.tariffs.announced import (
    CLERK,
    CLOCK,
    NEW,
    NOTICE_MS,
    PAGE,
    SMART,
    SUMMARY,
    announcing,
    hire,
    later,
    publish,
    sent,
)

DAY = Instant(AT + 40 * DAY_MS)
"""The day that is announced."""
OFFNET = "voice/out/offnet"


def price_micros(book: rules.Book, at: Instant) -> int:
    """What a minute to another network costs at an instant (in the middle of the day)."""
    holding = rules.in_force(book, "prepaid", OFFNET, at)
    assert isinstance(holding, InForce), holding
    return holding.rate.steps[0].price_micros


async def timeline(pool: Pool, published: Pack, at: Instant = AT) -> Pack:
    found = await perform(pool, tariffs.timeline, published, later(CLOCK, at))
    assert isinstance(found, Pack), found
    return found


async def test_the_record_begins_with_the_versions_in_force(pool: Pool) -> None:
    published = announcing(DAY)

    found = await timeline(pool, published)

    assert [one.version_id for one in found.versions] == ["2026-01", "2026-10"]
    known = await perform(pool, tariffs.versions, "smart-kh")
    assert [(one.version_id, one.founding) for one in known] == [
        ("2026-01", True),
        ("2026-10", True),
    ]
    assert [rules.state(known, one, AT) for one in known] == [
        VersionState.REPLACED, VersionState.IN_FORCE,
    ]  # fmt: skip
    # Once there is a record, nothing else is founded: whatever day its file names has come.
    assert await timeline(pool, published, Instant(DAY + DAY_MS)) == found


async def test_two_processes_found_one_record_and_confirm_one_version(
    pool: Pool, owner: str
) -> None:
    async def founding() -> list[PublishedVersion]:
        return await perform(pool, tariffs.found, SMART, CLOCK)

    async def confirming() -> object:
        return await perform(pool, tariffs.put_in_force, "smart-kh", CLOCK)

    first, second = await asyncio.gather(founding(), founding())
    assert first == second
    leaves = "SELECT count(*) FROM record.leaf WHERE kind = 'tariffs.founded'"
    assert rows(owner, leaves) == [(1,)]

    await hire(pool)
    await publish(pool, announcing(DAY, rows=SMART.versions[-1].rows))
    both = await asyncio.gather(confirming(), confirming())
    assert [one is None for one in both].count(True) == 1


async def test_a_version_is_asked_for_approved_by_another_and_published(
    pool: Pool, owner: str
) -> None:
    crowd(owner, 30)
    await hire(pool)
    published = announcing(DAY)
    considered = await perform(pool, tariffs.consider, published, "", CLERK)
    assert isinstance(considered, Considered)
    # Each of them takes the prices that it has not from prepaid.
    assert considered.offers == ("business", "postpaid", "prepaid")
    alone = await perform(pool, tariffs.publish, published, NEW, PAGE, CLERK)
    assert isinstance(alone, Refused)
    assert alone.refusal is PublishRefusal.NOT_REQUESTED
    request = await perform(pool, tariffs.ask, considered, CLERK)
    assert isinstance(request, PublishRequest)
    assert await perform(pool, tariffs.ask, considered, CLERK) == request
    unapproved = await perform(pool, tariffs.publish, published, NEW, PAGE, CLERK)
    assert isinstance(unapproved, Refused)
    assert unapproved.refusal is PublishRefusal.APPROVAL_MISSING
    own = key_of("sok").assertion(request.request_hash)
    himself = await perform(pool, staff.approve, request.request_hash, "sok", own, CLERK)
    assert isinstance(himself, Refused)

    version, campaign = await publish(pool, published)

    assert campaign is not None
    assert version.campaign_id == campaign.campaign_id
    assert campaign.new.facts["km"] == {
        "effective_at": iso(DAY), "summary": SUMMARY["km"], "page": PAGE,
    }  # fmt: skip
    twice = await perform(pool, tariffs.publish, published, NEW, PAGE, CLERK)
    assert isinstance(twice, Refused)
    assert twice.refusal is PublishRefusal.PUBLISHED_ALREADY
    other = announcing(Instant(DAY + 1), "2027-04")
    both = msgspec.structs.replace(other, versions=(*published.versions, other.versions[-1]))
    second = await perform(pool, tariffs.consider, both, "2027-04", CLERK)
    assert isinstance(second, Refused)
    assert second.refusal is PublishRefusal.ANOTHER_ANNOUNCED


@pytest.mark.parametrize(
    ("effective_ms", "refused"),
    [
        (NOTICE_MS - SECOND_MS, PublishRefusal.TOO_EARLY),
        (NOTICE_MS - 1, PublishRefusal.TOO_EARLY),
        (NOTICE_MS, None),
        (NOTICE_MS + SECOND_MS, None),
    ],
)
async def test_an_early_date_is_refused_and_the_earliest_lawful_one_named(
    pool: Pool, effective_ms: int, refused: PublishRefusal | None
) -> None:
    await hire(pool)
    published = announcing(Instant(AT + effective_ms))

    found = await perform(pool, tariffs.consider, published, "", CLERK)

    if refused is None:
        assert isinstance(found, Considered)
    else:
        assert isinstance(found, Refused)
        assert found.refusal is refused
        assert iso(Instant(AT + NOTICE_MS)) in found.detail


TABLE = [
    # sent, so long before the day; confirmed, so long after publication; in force, if at all
    (NOTICE_MS + SECOND_MS, DAY_MS * 20, 0),
    (NOTICE_MS, DAY_MS * 20, 0),
    (NOTICE_MS - 1, DAY_MS * 20, None),
    (NOTICE_MS - SECOND_MS, DAY_MS * 20, None),
    # Late by a second: the day moves by a second, and not by less.
    (NOTICE_MS - SECOND_MS, DAY_MS * 40 - LEARN_MS + SECOND_MS - 1, None),
    (NOTICE_MS - SECOND_MS, DAY_MS * 40 - LEARN_MS + SECOND_MS, SECOND_MS),
    (NOTICE_MS - DAY_MS, DAY_MS * 41 - LEARN_MS - 1, None),
    (NOTICE_MS - DAY_MS, DAY_MS * 41 - LEARN_MS, DAY_MS),
    (NOTICE_MS - DAY_MS, DAY_MS * 45, DAY_MS * 5 + LEARN_MS),
]


@pytest.mark.parametrize(("before_ms", "confirmed_ms", "begins_ms"), TABLE)
async def test_nobody_pays_a_new_price_before_everybody_had_thirty_days(
    pool: Pool, database: str, owner: str, before_ms: int, confirmed_ms: int, begins_ms: int | None
) -> None:
    crowd(owner, 12)
    await hire(pool)
    published = announcing(DAY)
    await publish(pool, published)
    late = str(FIRST + 7)
    sent(database, AT, but=late)
    sent(database, Instant(DAY - before_ms))

    found = await perform(
        pool, tariffs.put_in_force, "smart-kh", later(CLOCK, Instant(AT + confirmed_ms))
    )

    book = rules.compile_book(await timeline(pool, published))
    noon = Instant(DAY + 5 * 3_600_000)
    if begins_ms is None:
        assert isinstance(found, Untold)
        assert (found.lines, found.never) == (1, 0)
        assert found.earliest == DAY - before_ms + NOTICE_MS
        assert price_micros(book, Instant(noon + 60 * DAY_MS)) == 70_000
    else:
        assert isinstance(found, PublishedVersion)
        begins = Instant(DAY + begins_ms)
        assert found.in_force_from == begins
        editions = [(one.version_id, one.starts_at, one.ends_at) for one in book.editions]
        assert editions[-2][2] == editions[-1][1] == begins
        assert price_micros(book, Instant(noon + 60 * DAY_MS)) == 80_000


async def test_the_former_price_holds_while_anybody_was_never_told(
    pool: Pool, database: str, owner: str
) -> None:
    crowd(owner, 12)
    await hire(pool)
    published = announcing(DAY)
    version, _ = await publish(pool, published)
    silent = str(FIRST + 3)
    sent(database, AT, but=silent)
    long_after = Instant(DAY + 400 * DAY_MS)

    found = await perform(pool, tariffs.put_in_force, "smart-kh", later(CLOCK, long_after))

    assert found == Untold(1, 1, None)
    assert await perform(pool, tariffs.who_is_untold, version, long_after) == [silent]
    assert len((await timeline(pool, published, long_after)).versions) == 2


async def test_who_came_after_publication_agreed_with_it_in_view(
    pool: Pool, database: str, owner: str
) -> None:
    crowd(owner, 6)
    await hire(pool)
    published = announcing(DAY)
    await publish(pool, published)
    sent(database, AT)
    with psycopg.connect(owner) as connection:
        connection.execute("INSERT INTO money.purse (purse_id, funds_end) VALUES (99, now())")
        connection.execute(
            "INSERT INTO numbers.line (msisdn, imsi, purse_id, offer, language, since) VALUES"
            " ('85519999999', '456069999999999', 99, 'prepaid', 'km', %s)",
            [moment_of(Instant(AT + 1))],
        )
        connection.execute(
            "UPDATE numbers.tenure SET holder_id = 1, during = tstzrange(%s, NULL)"
            " WHERE msisdn = %s",
            [moment_of(Instant(AT + 1)), str(FIRST + 5)],
        )

    # They are told as well, by a later run; but nobody waits for them.
    found = await perform(pool, tariffs.put_in_force, "smart-kh", later(CLOCK, Instant(AT + 2)))
    assert isinstance(found, PublishedVersion)
    released = await campaigning.advance(pool, lambda: Instant(AT + DAY_MS))
    assert released == 2


async def test_a_version_that_changes_nothing_for_anybody_is_told_to_nobody(pool: Pool) -> None:
    await hire(pool)
    same = announcing(DAY, rows=SMART.versions[-1].rows)

    version, campaign = await publish(pool, same)

    assert (version.offers, campaign) == ((), None)
    found = await perform(pool, tariffs.put_in_force, "smart-kh", CLOCK)
    assert isinstance(found, PublishedVersion)


async def test_what_is_withdrawn_prices_nothing_and_tells_nobody_else(
    pool: Pool, database: str, owner: str
) -> None:
    crowd(owner, 6)
    await hire(pool)
    published = announcing(DAY)
    _, campaign = await publish(pool, published)
    assert campaign is not None
    silent = await perform(pool, tariffs.withdraw, "smart-kh", NEW, CLERK)
    assert isinstance(silent, Refused)
    assert silent.refusal is PublishRefusal.REASON_MISSING

    done = await perform(
        pool, tariffs.withdraw, "smart-kh", NEW, later(CLERK, AT, "a mistake in the prices")
    )

    assert isinstance(done, PublishedVersion)
    sent(database, AT)
    assert await perform(pool, tariffs.put_in_force, "smart-kh", CLOCK) is None
    assert len((await timeline(pool, published)).versions) == 2
    assert await campaigning.advance(pool, lambda: Instant(AT + DAY_MS)) == 0


@pytest.mark.parametrize(
    ("before_ms", "refused"), [(LEARN_MS + 1, None), (LEARN_MS, PublishRefusal.IN_FORCE_ALREADY)]
)
async def test_what_is_in_force_is_not_withdrawn(
    pool: Pool, before_ms: int, refused: PublishRefusal | None
) -> None:
    await hire(pool)
    same = announcing(DAY, rows=SMART.versions[-1].rows)
    await publish(pool, same)
    await perform(pool, tariffs.put_in_force, "smart-kh", CLOCK)
    act = later(CLERK, Instant(DAY - before_ms), "too late")

    done = await perform(pool, tariffs.withdraw, "smart-kh", NEW, act)

    if refused is None:
        assert isinstance(done, PublishedVersion)
    else:
        assert isinstance(done, Refused)
        assert done.refusal is refused


async def test_files_that_say_something_else_than_what_was_published_price_nothing(
    pool: Pool,
) -> None:
    await timeline(pool, SMART)
    first, second = SMART.versions
    edited = msgspec.structs.replace(
        second, rows=(msgspec.structs.replace(second.rows[0], price_micros=1), *second.rows[1:])
    )
    moved = msgspec.structs.replace(
        second, rows=tuple(msgspec.structs.replace(one, line=one.line + 1) for one in second.rows)
    )

    for versions, refused in (
        ((first, edited), PublishRefusal.PRICES_CHANGED),
        ((first,), PublishRefusal.VERSION_MISSING),
        ((first, moved), None),
    ):
        asked = msgspec.structs.replace(SMART, versions=versions)
        found = await perform(pool, tariffs.timeline, asked, CLOCK)
        assert (found.refusal if isinstance(found, Refused) else None) is refused
