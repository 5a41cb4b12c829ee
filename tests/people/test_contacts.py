"""An address is somebody's once they typed the code that was sent there, and not before."""

import uuid
from collections.abc import Sequence

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.people import operations as people
from tenure.promises.people import rules
from tenure.promises.people.model import Channel, Code, Contact, Refusal
from tenure.values.instant import DAY_MS, MINUTE_MS, Instant
from tenure.values.refused import Refused
from tests.numbers.stocked import msisdn
from tests.people.settled import AT, act, populated, told

KEY = bytes(range(32))
CODE = "12345678"
ADDRESS = "Dara@Example.COM"


async def proposed(
    pool: Pool, code: str = CODE, when: Instant = AT, person_id: int = 1, typed: str = ADDRESS
) -> Code | Refused[Refusal]:
    """A code is sent to an address."""
    by = act("<holder>", when)
    code_id = str(uuid.UUID(int=when * 100 + person_id, version=4))
    asked = (person_id, Channel.EMAIL, typed, code, KEY, code_id)
    return await perform(pool, people.addresses.propose, *asked, by)


async def confirmed(
    pool: Pool, typed: str = CODE, when: Instant = AT, key: bytes = KEY
) -> Contact | Refused[Refusal]:
    """Somebody types a code."""
    asked = (1, Channel.EMAIL, typed, key)
    return await perform(pool, numbers.profiles.confirm_contact, *asked, act("<holder>", when))


async def test_an_address_is_theirs_when_the_code_is_right_and_it_is_told(pool: Pool) -> None:
    await populated(pool)
    assert isinstance(await proposed(pool), Code)
    assert await perform(pool, people.contacts, [1, 2]) == {}

    done = await confirmed(pool, "1234 5678")

    assert done == Contact(1, Channel.EMAIL, "Dara@example.com", "km", AT)
    assert await perform(pool, people.contacts, [1, 2]) == {1: done}
    assert done.email == "Dara@example.com"
    assert (await told(pool, msisdn(0)))[-1] == "security.profile"
    again = await confirmed(pool)
    assert isinstance(again, Refused)
    assert again.refusal is Refusal.CODE_UNKNOWN


TRIES: Sequence[tuple[str, list[str], int, list[Refusal | None]]] = [
    # the case, what is typed in turn, minutes after, the answers
    ("right", [CODE], 0, [None]),
    ("right at the last moment", [CODE], 29, [None]),
    ("too late", [CODE], 30, [Refusal.CODE_UNKNOWN]),
    ("wrong, then right", ["12345679", CODE], 1, [Refusal.CODE_WRONG, None]),
    ("no code at all", [""], 1, [Refusal.CODE_WRONG]),
    (
        "guessed",
        ["1", "2", "3", "4", "5", CODE],
        1,
        [*[Refusal.CODE_WRONG] * 5, Refusal.CODE_LOCKED],
    ),
]


@pytest.mark.parametrize(("_case", "typed", "minutes", "answers"), TRIES)
async def test_what_is_typed(
    pool: Pool, _case: str, typed: list[str], minutes: int, answers: list[Refusal | None]
) -> None:
    await populated(pool)
    await proposed(pool)
    found = []
    for one in typed:
        answer = await confirmed(pool, one, Instant(AT + minutes * MINUTE_MS))
        found.append(answer.refusal if isinstance(answer, Refused) else None)
    assert found == answers


async def test_only_the_newest_code_counts_and_the_old_address_goes(pool: Pool) -> None:
    await populated(pool)
    await proposed(pool)
    assert isinstance(await confirmed(pool), Contact)
    await proposed(pool, "22222222", Instant(AT + 1_000), typed="new@example.com")
    await proposed(pool, "33333333", Instant(AT + 2_000), typed="new@example.com")

    late = Instant(AT + 3_000)
    wrong = await confirmed(pool, "22222222", late)
    assert isinstance(wrong, Refused)
    assert (await perform(pool, people.contacts, [1]))[1].email == "Dara@example.com"
    assert isinstance(await confirmed(pool, "33333333", late), Contact)
    assert (await perform(pool, people.contacts, [1]))[1].email == "new@example.com"

    ended = (1, Channel.EMAIL, act("<holder>", Instant(AT + 4_000)))
    assert await perform(pool, numbers.profiles.drop_contact, *ended) is Channel.EMAIL
    assert await perform(pool, people.contacts, [1]) == {}
    again = await perform(pool, numbers.profiles.drop_contact, *ended)
    assert isinstance(again, Refused)


async def test_nobodys_mailbox_is_flooded(pool: Pool) -> None:
    await populated(pool)
    answers = [await proposed(pool, when=Instant(AT + step)) for step in range(6)]
    assert [isinstance(one, Code) for one in answers] == [True] * 5 + [False]
    assert isinstance(await proposed(pool, when=Instant(AT + DAY_MS)), Code)


@pytest.mark.parametrize(
    ("person_id", "typed", "expected"),
    [
        (99, ADDRESS, Refusal.UNKNOWN_PERSON),
        (1, "dara", Refusal.ADDRESS_MALFORMED),
        (1, "a b@example.com", Refusal.ADDRESS_MALFORMED),
        (1, "x@y\nBcc: all@example.com", Refusal.ADDRESS_MALFORMED),
        (1, "@example.com", Refusal.ADDRESS_MALFORMED),
        (1, "", Refusal.ADDRESS_MALFORMED),
    ],
)
async def test_where_no_code_is_sent(
    pool: Pool, person_id: int, typed: str, expected: Refusal
) -> None:
    await populated(pool)
    answer = await proposed(pool, person_id=person_id, typed=typed)
    assert isinstance(answer, Refused)
    assert answer.refusal is expected


async def test_no_code_is_in_the_database_and_another_key_reads_none(
    pool: Pool, owner: str
) -> None:
    await populated(pool)
    await proposed(pool)
    with psycopg.connect(owner) as connection:
        (row,) = connection.execute("SELECT c::text FROM people.contact_code c").fetchall()
    assert CODE not in str(row)
    answer = await confirmed(pool, key=bytes(32))
    assert isinstance(answer, Refused)


BEHIND = [
    (
        """INSERT INTO people.contact SELECT code_id, person_id, channel, address, now(), NULL, 1
           FROM people.contact_code""",
        "contact_was_confirmed",
    ),
    ("UPDATE people.contact_code SET confirmed_at = until_at", "contact_code_in_time"),
    ("UPDATE people.contact_code SET wrong_tries = 6", "contact_code_not_guessed"),
    (
        "UPDATE people.contact_code SET wrong_tries = 5, confirmed_at = asked_at",
        "contact_code_not_after_five_wrong_tries",
    ),
    ("UPDATE people.contact_code SET address = 'no address'", "contact_code_address_has_a_form"),
]


@pytest.mark.parametrize(("statement", "named"), BEHIND)
async def test_a_superuser_cannot_put_in_an_address_that_nobody_confirmed(
    pool: Pool, owner: str, statement: str, named: str
) -> None:
    await populated(pool)
    await proposed(pool)
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(statement.encode())
    assert caught.value.diag.constraint_name == named


@given(st.integers(1, 2**53), st.integers(1, 2**53), st.text(max_size=20), st.text(max_size=20))
def test_a_code_is_bound_to_whom_it_was_sent(one: int, other: int, left: str, right: str) -> None:
    def made(person: int, address: str, code: str) -> bytes:
        return rules.keyed_hash(KEY, person, Channel.EMAIL, address, code)

    assert (made(one, left, right) == made(other, left, right)) is (one == other)
    assert (made(one, left, right) == made(one, right, left)) is (left == right)
    assert made(one, left + right, "") != made(one, left, right) or not right
