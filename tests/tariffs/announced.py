"""A new version of the prices, people of ours who publish it, and notices that were sent."""

from typing import Final

import msgspec
import psycopg

from tenure.commands import campaigning
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.notices.model import Campaign
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Approval, Role
from tenure.promises.tariffs import operations as tariffs
from tenure.promises.tariffs.model import Considered, PublishedVersion, PublishRequest
from tenure.terms import pack
from tenure.terms.pricelist import Pack, RateRow
from tenure.values.instant import DAY_MS, Instant, moment_of
from tests.staff.given import AT, enrolled, key_of

SMART: Final = pack.load("smart-kh")
NOTICE_MS: Final = 30 * DAY_MS
PAGE: Final = "www.smart.com.kh/updates"
SALT: Final = bytes(range(32))
NEW: Final = "2027-03"
CLERK: Final = Act("sok", AT, SALT)
CLOCK: Final = Act("<clock>", AT, SALT)
SUMMARY: Final = {"en": "calls to other networks cost more", "km": "ការហៅទៅបណ្តាញផ្សេងថ្លៃជាងមុន"}


def later(act: Act, at: Instant, reason: str = "") -> Act:
    """The same one, at another instant."""
    return msgspec.structs.replace(act, at=at, reason=reason)


def dearer(row: RateRow) -> RateRow:
    """Calls to other networks by day cost a cent more a minute."""
    if (row.service, row.zone, row.band) != ("voice", "offnet", "day"):
        return row
    return msgspec.structs.replace(row, price_micros=row.price_micros + 10_000)


def announcing(effective_from: Instant, version_id: str = NEW, **changed: object) -> Pack:
    """The published pack with one version more."""
    latest = SMART.versions[-1]
    given: dict[str, object] = {
        "version_id": version_id,
        "published_at": AT,
        "effective_from": effective_from,
        "rows": tuple(map(dearer, latest.rows)),
        "summary": SUMMARY,
        **changed,
    }
    return msgspec.structs.replace(
        SMART, versions=(*SMART.versions, msgspec.structs.replace(latest, **given))
    )


async def hire(pool: Pool) -> None:
    """Sok publishes; Vanna approves."""
    await enrolled(pool, "chan", Role.SUPERVISOR)
    await enrolled(pool, "sok", Role.LEGAL)
    await enrolled(pool, "vanna", Role.SUPERVISOR)


async def agreed(pool: Pool, published: Pack, at: Instant = AT) -> None:
    """Sok has asked for the new version, and Vanna has approved it."""
    considered = await perform(pool, tariffs.consider, published, "", later(CLERK, at))
    assert isinstance(considered, Considered), considered
    request = await perform(pool, tariffs.ask, considered, later(CLERK, at))
    assert isinstance(request, PublishRequest), request
    shown = key_of("vanna").assertion(request.request_hash)
    act = Act("vanna", at, SALT)
    approval = await perform(pool, staff.approve, request.request_hash, "vanna", shown, act)
    assert isinstance(approval, Approval), approval


async def publish(
    pool: Pool, published: Pack, at: Instant = AT
) -> tuple[PublishedVersion, Campaign | None]:
    """The new version is agreed to, published, and everybody is planned."""
    await agreed(pool, published, at)
    done = await perform(pool, tariffs.publish, published, "", PAGE, later(CLERK, at))
    assert isinstance(done, tuple), done
    if done[1] is not None:
        await campaigning.plan(pool, done[1], lambda: at)
        await campaigning.advance(pool, lambda: at)
    return done


def sent(database: str, at: Instant, but: str = "") -> None:
    """Every notice was handed over at this instant, but those about one number."""
    with psycopg.connect(database) as connection:
        connection.execute(
            "UPDATE notices.notice SET sent_at = %s WHERE sent_at IS NULL AND msisdn <> %s",
            [moment_of(at), but],
        )
