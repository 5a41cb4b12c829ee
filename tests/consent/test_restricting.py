"""What is kept and not used: nobody is contacted, nobody looks, and the end is told before."""

from typing import Final
from uuid import UUID

import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import Ground, Refusal, Restrict, Restriction, Told
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind, Telling
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Case, Look, Purpose, Role
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.values.instant import Instant, iso, moment_of
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused
from tests.consent.given import KH, act, later, yes
from tests.consent.test_constraints import refused
from tests.staff.given import by, enrolled

ASKED: Final = Restrict(1, Ground.DAMAGE_OR_DISTRESS, "case 4711")
PERSON: Final = "person 1"
UNTOLD: Final = "restriction_lifted_after_they_were_told"


async def resting(pool: Pool, asked: Restrict = ASKED) -> Restriction:
    found = await perform(pool, consent.restrict, asked, act(later(10)))
    assert isinstance(found, Restriction)
    return found


async def may_be_sent(pool: Pool, at: Instant) -> bool:
    pairs = [(1, "offers")]
    standing = await perform(pool, consent.standing, KH, pairs, "sms", at)
    async with pool.connection() as connection:
        said = await connection.execute(
            "SELECT consent.may(1, 'offers', 'sms', %s)", [moment_of(at)]
        )
        row = await said.fetchone()
    assert row is not None
    assert bool(row[0]) == bool(standing), "both keepers say the same"
    return bool(standing)


async def told(pool: Pool, person_id: int = 1) -> int:
    """A notice that says when it ends, and that has left."""
    facts = {"lifted_at": iso(later(1000))}
    telling = Telling(
        Msisdn("85512345678"), person_id, "en", NoticeKind.PRIVACY_LIFTING, facts, later(20)
    )
    await perform(pool, notices.tell, [telling])
    async with pool.connection() as connection:
        found = await connection.execute(
            "UPDATE notices.notice SET sent_at = at WHERE person_id = %s RETURNING notice_id",
            [person_id],
        )
        row = await found.fetchone()
    assert row is not None
    return int(row[0])


async def test_a_yes_counts_not_while_the_data_rests_and_counts_again_after(pool: Pool) -> None:
    await perform(pool, consent.give, KH, yes(), act())
    assert await may_be_sent(pool, later(5))
    one = await resting(pool)
    assert not await may_be_sent(pool, later(11))
    assert await perform(pool, consent.restricted, [1, 2]) == {1}

    said = Told(f"notice {await told(pool)}", later(30))
    done = await perform(pool, consent.lift, one.restriction_id, said, act(later(40)))

    assert isinstance(done, Restriction)
    assert done.until == later(40)
    assert await may_be_sent(pool, later(41))
    assert [one.until for one in await perform(pool, consent.restrictions_of, 1)] == [later(40)]


async def test_the_same_ground_is_one_restriction_and_each_ends_by_itself(pool: Pool) -> None:
    one, again = await resting(pool), await resting(pool)
    assert one == again
    other = await resting(pool, Restrict(1, Ground.ACCURACY, "case 4712"))
    letter = Told("letter 7", later(20))
    await perform(pool, consent.lift, one.restriction_id, letter, act(later(40)))
    assert await perform(pool, consent.restricted, [1]) == {1}
    await perform(pool, consent.lift, other.restriction_id, letter, act(later(40)))
    assert await perform(pool, consent.restricted, [1]) == set()
    twice = await perform(pool, consent.lift, one.restriction_id, letter, act(later(50)))
    assert isinstance(twice, Refused)
    assert twice.refusal is Refusal.LIFTED_ALREADY


@pytest.mark.parametrize("by_", ["notice 999", "letter", "", "notice OTHERS"])
async def test_nothing_ends_before_it_was_told(pool: Pool, by_: str) -> None:
    one = await resting(pool)
    others = await told(pool, person_id=2)
    said = Told(by_.replace("OTHERS", str(others)), later(30))
    no = await perform(pool, consent.lift, one.restriction_id, said, act(later(40)))
    assert isinstance(no, Refused)
    assert no.refusal is Refusal.NOT_TOLD
    assert await perform(pool, consent.restricted, [1]) == {1}


async def test_told_at_the_same_instant_is_not_told_before(pool: Pool) -> None:
    one = await resting(pool)
    said = Told("letter 7", later(40))
    no = await perform(pool, consent.lift, one.restriction_id, said, act(later(40)))
    assert isinstance(no, Refused)
    assert no.refusal is Refusal.NOT_TOLD
    unknown = UUID(int=0)
    no = await perform(pool, consent.lift, unknown, Told("letter 7", later(1)), act(later(40)))
    assert isinstance(no, Refused)
    assert no.refusal is Refusal.UNKNOWN_RESTRICTION
    no = await perform(pool, consent.restrict, Restrict(1, Ground.CLAIM, "+855 12"), act())
    assert isinstance(no, Refused)
    assert no.refusal is Refusal.CASE_UNUSABLE


async def test_two_persons_that_were_one_rest_together(pool: Pool) -> None:
    await resting(pool, Restrict(2, Ground.CLAIM, "case 9"))
    await perform(pool, consent.join, 1, 2, act(later(20)))
    assert await perform(pool, consent.restricted, [1, 2]) == {1, 2}


@pytest.mark.parametrize(
    ("purpose", "refusal"),
    [
        (Purpose.CARE, StaffRefusal.RESTRICTED),
        (Purpose.BILLING, StaffRefusal.RESTRICTED),
        (Purpose.PRIVACY, None),
        (Purpose.LEGAL_ORDER, None),
    ],
)
async def test_nobody_of_ours_looks_outside_the_case(
    pool: Pool, purpose: Purpose, refusal: StaffRefusal | None
) -> None:
    await enrolled(pool, "chan", Role.SUPERVISOR, Role.CARE)
    case = await perform(
        pool, staff.open_case, str(UUID(int=9)), purpose, PERSON, by("chan", reason="they called")
    )
    assert isinstance(case, Case)
    await perform(pool, staff.look, "chan", purpose, case.case_id, PERSON, by("chan"))
    await resting(pool)

    after = by("chan", later(20))
    found = await perform(pool, staff.look, "chan", purpose, case.case_id, PERSON, after)

    if refusal is None:
        assert isinstance(found, Look)
    else:
        assert isinstance(found, Refused)
        assert found.refusal is refusal


async def test_the_database_refuses_what_no_rule_would_do(
    pool: Pool, owner: str, database: str
) -> None:
    await enrolled(pool, "chan", Role.SUPERVISOR, Role.CARE)
    case = await perform(
        pool,
        staff.open_case,
        str(UUID(int=9)),
        Purpose.CARE,
        PERSON,
        by("chan", reason="they called"),
    )
    assert isinstance(case, Case)
    await perform(pool, staff.look, "chan", Purpose.CARE, case.case_id, PERSON, by("chan"))
    one = await resting(pool)
    lift = f"SELECT consent.lift('{one.restriction_id}', %s, %s, %s, to_timestamp(1800000100))"
    notice = lift % ("'notice 1'", "to_timestamp(1800000000)", one.leaf_seq)
    letter = lift % ("'letter 1'", "to_timestamp(1800000090)", one.leaf_seq)
    look = (
        "INSERT INTO staff.look (login, human_id, at, purpose, case_id, about, shown, leaf_seq)"
        " SELECT login, human_id, at, purpose, case_id, about, shown, leaf_seq FROM staff.look"
    )
    anew = "SELECT consent.restrict(gen_random_uuid(), %s, 'claim', 'case', %s, to_timestamp(%s))"
    expected = {
        "UPDATE consent.restriction SET until_at = since": "no right to do it",
        "DELETE FROM consent.restriction": "no right to do it",
        "INSERT INTO consent.restriction SELECT * FROM consent.restriction": "no right to do it",
        notice: UNTOLD,
        letter: "restriction_lifted_with_its_leaf",
        anew % (2, one.leaf_seq, 1_800_000_000.01): "restriction_has_its_leaf",
        anew % (1, one.leaf_seq, 1_800_000_001): "restriction_has_its_leaf",
        look: "look_leaves_restricted_alone",
    }
    assert {said: refused(database, said) for said in expected} == expected
    by_owner = {
        "UPDATE consent.restriction SET until_at = since, told_at = since, told_by = 'letter 1',"
        " lifted_leaf_seq = leaf_seq": UNTOLD,
        "UPDATE consent.restriction SET until_at = since": UNTOLD,
        "UPDATE consent.restriction SET ground = 'any'": "restriction_ground_is_known",
        "UPDATE consent.restriction SET case_ref = '+85512'": "restriction_case_is_an_id",
    }
    assert {said: refused(owner, said) for said in by_owner} == by_owner
    with psycopg.connect(owner) as connection:
        leaves = connection.execute(
            "SELECT body FROM record.leaf WHERE kind = 'consent.restricted'"
        ).fetchall()
    assert len(leaves) == 1
    assert "4711" not in leaves[0][0], "the case is a commitment"
