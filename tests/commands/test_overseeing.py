"""What time causes about staff: concerns, and word to who was looked at without a case."""

import psycopg

from tenure.commands.up.overseeing import overseeing
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import TELL_MS, Purpose, Role
from tenure.terms import pack
from tenure.values.instant import Instant
from tests.commands.database import AT, NUMBER
from tests.numbers.asked import populated
from tests.numbers.stocked import msisdn
from tests.staff.given import by, enrolled

GLASS = "33333333-3333-4333-8333-333333333333"
TERMS = pack.load("smart-kh").terms


async def test_the_clock_raises_and_tells_once(pool: Pool, owner: str) -> None:
    await enrolled(pool, "sok", Role.CARE, asker="demo")
    await perform(pool, staff.break_glass, GLASS, by("sok", AT, "danger"))
    for number in (NUMBER, "85599999999"):
        act = by("sok", AT)
        await perform(pool, staff.look, "sok", Purpose.BREAK_GLASS, None, number, act)
    oversee = overseeing(pool, TERMS)

    await oversee(AT)
    early = notices(owner)
    await oversee(Instant(AT + TELL_MS))
    await oversee(Instant(AT + TELL_MS))

    assert early == []
    assert notices(owner) == [(NUMBER, "staff.break_glass")]
    [concern] = await perform(pool, staff.concerns)
    assert concern.logins == ("sok",)


async def test_a_look_at_a_profile_is_told_on_every_number(pool: Pool, owner: str) -> None:
    await populated(pool, asker="demo")
    await perform(pool, staff.break_glass, GLASS, by("sok", AT, "danger"))
    act = by("sok", AT)
    await perform(pool, staff.look, "sok", Purpose.BREAK_GLASS, None, "person 1", act, "person")
    before = len(notices(owner))

    await overseeing(pool, TERMS)(Instant(AT + TELL_MS))

    assert notices(owner)[before:] == [(msisdn(0), "staff.break_glass")]


def notices(owner: str) -> list[tuple[str, str]]:
    """Who was told what."""
    with psycopg.connect(owner) as connection:
        statement = "SELECT msisdn, kind FROM notices.notice ORDER BY notice_id"
        return connection.execute(statement).fetchall()
