"""How people prove who they are, and who answers for a minor, on a real PostgreSQL."""

import msgspec
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.people import operations as people
from tenure.promises.people.model import Guardian, Key, Refusal
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tests.numbers.asked import CHILD, PAPER, PARENT, holder_key, populated, seen
from tests.numbers.stocked import AT, KH, act
from tests.staff.given import key_of as staff_key


async def brought(pool: Pool, key: Key, ppm: int = 990_000, document_of: int = 0) -> object:
    hashed = people.enrolment_hash(key.person_id, key.passkey, key.added_at)
    presence = seen(document_of or key.person_id, ppm)
    signed = staff_key("sok").assertion(hashed)
    return await perform(pool, people.add_passkey, key, presence, signed, act("sok", key.added_at))


def refusal(answer: object) -> object:
    assert isinstance(answer, Refused)
    return answer.refusal


async def test_a_passkey_is_brought_by_its_person_before_a_witness(pool: Pool) -> None:
    await populated(pool)
    key = Key(4, holder_key(4).public, AT)

    assert refusal(await brought(pool, key, document_of=5)) is Refusal.DOCUMENT_DIFFERS
    assert refusal(await brought(pool, key, ppm=949_999)) is Refusal.PHOTO_DIFFERS
    nobody = msgspec.structs.replace(key, person_id=99)
    assert refusal(await brought(pool, nobody)) is Refusal.UNKNOWN_PERSON
    taken = msgspec.structs.replace(key, passkey=holder_key(1).public)
    assert refusal(await brought(pool, taken)) is Refusal.PASSKEY_KNOWN
    assert await perform(pool, people.passkeys, 4) == []

    assert await brought(pool, key, ppm=950_000) == key

    assert await perform(pool, people.passkeys, 4) == [key]


async def test_a_passkey_that_ended_proves_nothing(pool: Pool) -> None:
    await populated(pool)
    signed = holder_key(1).assertion(b"c" * 32)
    later = Instant(AT + 2_000)
    found = await perform(pool, people.prove, b"c" * 32, signed, later)
    assert isinstance(found, Key)
    assert found.person_id == 1

    await perform(pool, people.end_passkey, signed.credential_id, act("sok", later))

    again = await perform(pool, people.prove, b"c" * 32, signed, later)
    assert refusal(again) is Refusal.NOT_PROVEN


@pytest.mark.parametrize(
    ("ward", "guardian", "expected"),
    [
        (CHILD, CHILD, Refusal.OWN_GUARDIAN),
        (CHILD, 99, Refusal.UNKNOWN_PERSON),
        (1, 2, Refusal.NOT_A_MINOR),
        (CHILD, PARENT, Refusal.GUARDIAN_KNOWN),
        (PARENT, CHILD, Refusal.GUARDIAN_TOO_YOUNG),
    ],
)
async def test_who_cannot_be_a_guardian(
    pool: Pool, ward: int, guardian: int, expected: Refusal
) -> None:
    await populated(pool)

    answer = await perform(pool, people.name_guardian, KH, ward, guardian, PAPER, act())

    assert refusal(answer) is expected
    assert await perform(pool, people.guardians, CHILD, AT) == [Guardian(CHILD, PARENT, AT)]
