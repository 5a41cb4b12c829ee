"""PRV-MINOR: the eighteenth birthday, by the operator's clocks, to the second; told once."""

import asyncio
from datetime import date

import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model.requests import Proof, Refusal
from tenure.promises.people import operations as people
from tenure.promises.people.model import Guardian
from tenure.promises.people.model import Refusal as PeopleRefusal
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tests.numbers.asked import holder_key
from tests.numbers.stocked import msisdn
from tests.people.settled import AT, act, at, leaves, minor_with_number, populated, told

WARD, GUARDIAN = 8, 7
BIRTHDAYS = [
    # born on          the first instant of the eighteenth birthday in Phnom Penh
    (date(2009, 6, 1), "2027-06-01T00:00:00+07:00"),
    (date(2012, 2, 29), "2030-02-28T00:00:00+07:00"),
    (date(2010, 1, 1), "2028-01-01T00:00:00+07:00"),
]


@pytest.mark.parametrize(("born_on", "birthday"), BIRTHDAYS)
async def test_the_guardians_power_ends_with_the_first_instant_of_the_birthday(
    pool: Pool, born_on: date, birthday: str
) -> None:
    await populated(pool)
    await minor_with_number(pool, born_on)
    begins = at(birthday)

    for early in (Instant(begins - 1_000), Instant(begins - 1)):
        assert await perform(pool, people.guardians, WARD, early) == [Guardian(WARD, GUARDIAN, AT)]
        assert [one.ward_id for one in await perform(pool, people.wards, GUARDIAN, early)] == [
            6,
            WARD,
        ]
    for late in (begins, Instant(begins + 1_000)):
        assert await perform(pool, people.guardians, WARD, late) == []
        assert WARD not in {
            one.ward_id for one in await perform(pool, people.wards, GUARDIAN, late)
        }


async def test_a_guardian_locks_the_wards_number_and_then_no_more(pool: Pool) -> None:
    await populated(pool)
    await minor_with_number(pool, date(2009, 6, 1))
    begins = at("2027-06-01T00:00:00+07:00")

    signed = Proof(holder_key(GUARDIAN).assertion(numbers.requests.lock_hash(msisdn(3), begins)))
    answer = await perform(pool, numbers.requests.lock, msisdn(3), signed, act("<holder>", begins))
    assert isinstance(answer, Refused)
    assert answer.refusal is Refusal.NOT_A_PARTY

    before = Instant(begins - 1)
    signed = Proof(holder_key(GUARDIAN).assertion(numbers.requests.lock_hash(msisdn(3), before)))
    done = await perform(pool, numbers.requests.lock, msisdn(3), signed, act("<holder>", before))
    assert not isinstance(done, Refused), done


RUNS = [
    # when the clock runs, in seconds from the birthday; how often the new adult is told
    ("on time", [-1, 0, 1], 1),
    ("late", [40_000_000], 1),
    ("doubled", [0, 0, 0], 1),
    ("set back in between", [10, -5, 10, 20], 1),
    ("never", [-1_000, -1], 0),
]


@pytest.mark.parametrize(("_case", "seconds", "times"), RUNS)
async def test_the_clock_only_tells_and_only_once(
    pool: Pool, _case: str, seconds: list[int], times: int
) -> None:
    await populated(pool)
    await minor_with_number(pool, date(2009, 6, 1))
    begins = at("2027-06-01T00:00:00+07:00")

    for second in seconds:
        when = act("<clock>", Instant(begins + second * 1_000))
        await perform(pool, numbers.profiles.come_of_age, 100, when)

    assert (await told(pool, msisdn(3))).count("person.adult") == times
    assert await leaves(pool, "people.came_of_age") == times


async def test_two_clocks_at_once_tell_once(pool: Pool) -> None:
    await populated(pool)
    await minor_with_number(pool, date(2009, 6, 1))
    now = act("<clock>", at("2027-06-01T00:00:01+07:00"))
    both = [perform(pool, numbers.profiles.come_of_age, 100, now) for _ in range(2)]

    await asyncio.gather(*both)

    assert await perform(pool, people.tell_adults, [WARD], now) == []
    assert (await told(pool, msisdn(3))).count("person.adult") == 1


async def test_who_was_of_age_when_they_came_is_told_nothing(pool: Pool) -> None:
    await populated(pool)

    assert await perform(pool, people.newly_adult, at("2032-01-01T00:00:00Z"), 100) == []


async def test_a_guardian_ends_before_the_birthday_when_it_is_said(pool: Pool) -> None:
    await populated(pool)
    await minor_with_number(pool, date(2009, 6, 1))
    when = act("sok", Instant(AT + 1_000))

    done = await perform(pool, numbers.profiles.end_guardian, WARD, GUARDIAN, when)
    again = await perform(pool, numbers.profiles.end_guardian, WARD, GUARDIAN, when)

    assert isinstance(done, Guardian)
    assert isinstance(again, Refused)
    assert again.refusal is PeopleRefusal.NOT_THE_GUARDIAN
    assert await perform(pool, people.guardians, WARD, when.at) == []
    assert (await told(pool, msisdn(3)))[-1] == "security.proof"


WRONG = [
    # ward, guardian, since, what refuses it
    (6, 8, "2027-01-15 08:00Z", "guardian_is_of_age"),
    (1, 2, "2027-01-15 08:00Z", "guardian_of_a_minor"),
    (6, 7, "2040-01-15 08:00Z", "guardian_of_a_minor"),
    (99, 7, "2027-01-15 08:00Z", "guardian_of_a_person"),
]


@pytest.mark.parametrize(("ward", "guardian", "since", "named"), WRONG)
async def test_the_table_refuses_a_guardian_who_cannot_be(
    pool: Pool, owner: str, ward: int, guardian: int, since: str, named: str
) -> None:
    await populated(pool)
    await minor_with_number(pool, date(2012, 2, 29))
    statement = """
        INSERT INTO people.guardian (ward_id, guardian_id, since, leaf_seq)
        VALUES (%s, %s, %s, (SELECT min(seq) FROM record.leaf))
    """

    with psycopg.connect(owner) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(statement, [ward, guardian, since])

    assert caught.value.diag.constraint_name == named


EARLY = "INSERT INTO people.adulthood VALUES (8, '2027-05-31 17:00Z', '2027-05-31 16:59:59Z', 1)"


async def test_nobody_is_told_before_the_birthday(pool: Pool, owner: str) -> None:
    await populated(pool)
    await minor_with_number(pool, date(2009, 6, 1))
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(EARLY)
    assert caught.value.diag.constraint_name == "adulthood_never_early"
