"""Two rows of one human become one by four eyes, and nobody's tenure is rewritten."""

import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.people import operations as people
from tenure.promises.people.model import Document, Merge, MergeRequest, Refusal
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Approval
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tests.numbers.asked import CHILD, PAPER, holder_key, seen
from tests.numbers.stocked import msisdn, sell
from tests.people.settled import AT, KH, act, leaves, populated, reviewers, told
from tests.staff.given import key_of as staff_key

DUPLICATE, SURVIVOR = 2, 1
WHEN = Instant(AT + 60_000)


def because(by: str = "sok", reason: str = "same person, two documents") -> Act:
    """Somebody of ours acts, and says why."""
    return Act(by, WHEN, bytes(range(32)), reason)


async def asked(pool: Pool, duplicate: int = DUPLICATE, survivor: int = SURVIVOR) -> MergeRequest:
    """A merge that was asked for."""
    found = await perform(pool, numbers.profiles.ask_merge, duplicate, survivor, because())
    assert isinstance(found, MergeRequest), found
    return found


async def approved(pool: Pool, request: MergeRequest, login: str) -> object:
    """One of ours approves exactly this."""
    signed = staff_key(login).assertion(request.request_hash)
    return await perform(pool, staff.approve, request.request_hash, login, signed, because(login))


async def merged(pool: Pool, request: MergeRequest, by: str = "thida") -> object:
    """Somebody tries to make them one."""
    return await perform(pool, numbers.profiles.merge, request.request_hash, because(by))


async def test_two_others_approve_and_the_duplicate_leads_to_whom_it_is(pool: Pool) -> None:
    await populated(pool)
    await reviewers(pool)
    request = await asked(pool)

    answers = [await merged(pool, request)]
    assert isinstance(await approved(pool, request, "nary"), Approval)
    answers.append(await merged(pool, request))
    assert isinstance(await approved(pool, request, "thida"), Approval)
    done = await merged(pool, request)

    assert [one.refusal for one in answers if isinstance(one, Refused)] == [
        Refusal.APPROVALS_MISSING
    ] * 2
    assert done == Merge(DUPLICATE, SURVIVOR, WHEN)
    found = await perform(pool, people.find_by_document, Document("passport", "N2"))
    assert found is not None
    assert found.person_id == SURVIVOR
    known = await perform(pool, people.find, DUPLICATE)
    assert known is not None
    assert known.merged_into == SURVIVOR
    assert await perform(pool, people.survivor, DUPLICATE) == SURVIVOR
    assert await perform(pool, people.persons_of, SURVIVOR) == (SURVIVOR, DUPLICATE)
    assert await leaves(pool, "people.merged") == 1
    assert (await told(pool, msisdn(0)))[-1] == "security.profile"
    again = await merged(pool, request)
    assert isinstance(again, Refused)
    assert again.refusal is Refusal.IS_A_DUPLICATE


async def test_a_merged_row_proves_and_gets_nothing_more(pool: Pool) -> None:
    await populated(pool)
    await reviewers(pool)
    request = await asked(pool)
    for login in ("nary", "thida"):
        await approved(pool, request, login)
    assert isinstance(await merged(pool, request), Merge)

    signed = holder_key(DUPLICATE).assertion(b"c" * 32)
    answer = await perform(pool, people.prove, b"c" * 32, signed, WHEN)
    assert isinstance(answer, Refused)
    there = await perform(pool, people.recognise, DUPLICATE, seen(DUPLICATE))
    assert isinstance(there, Refused)
    assert there.refusal is Refusal.IS_A_DUPLICATE
    answers_for = (CHILD, DUPLICATE, PAPER, because())
    guarding = await perform(pool, people.name_guardian, KH, *answers_for)
    assert isinstance(guarding, Refused)
    assert guarding.refusal is Refusal.IS_A_DUPLICATE
    sale = sell(4, holder_id=DUPLICATE)
    sold = await perform(pool, numbers.holding.activate, KH, sale, act("sok", WHEN))
    assert isinstance(sold, Refused)
    spoken = await perform(pool, people.choose_language, KH, DUPLICATE, "en", because())
    assert isinstance(spoken, Refused)
    assert spoken.refusal is Refusal.IS_A_DUPLICATE
    chained = await perform(pool, numbers.profiles.ask_merge, SURVIVOR, DUPLICATE, because())
    assert isinstance(chained, Refused)
    assert chained.refusal is Refusal.IS_A_DUPLICATE


async def test_a_merge_of_merged_leads_to_the_last(pool: Pool) -> None:
    await populated(pool)
    await reviewers(pool)
    for duplicate, survivor in ((4, 3), (3, 5)):
        request = await asked(pool, duplicate, survivor)
        for login in ("nary", "thida"):
            await approved(pool, request, login)
        assert isinstance(await merged(pool, request), Merge)

    assert await perform(pool, people.survivor, 4) == 5
    assert await perform(pool, people.persons_of, 5) == (3, 4, 5)


CANNOT = [
    (1, 2, "same", Refusal.HOLDS_NUMBERS),
    (2, 2, "same", Refusal.SAME_PERSON),
    (99, 1, "same", Refusal.UNKNOWN_PERSON),
    (2, 99, "same", Refusal.UNKNOWN_PERSON),
    (2, 1, " ", StaffRefusal.REASON_MISSING),
]


@pytest.mark.parametrize(("duplicate", "survivor", "reason", "expected"), CANNOT)
async def test_what_cannot_be_asked(
    pool: Pool, duplicate: int, survivor: int, reason: str, expected: object
) -> None:
    await populated(pool)
    by = because(reason=reason)
    answer = await perform(pool, numbers.profiles.ask_merge, duplicate, survivor, by)
    assert isinstance(answer, Refused)
    assert answer.refusal is expected
    assert answer.detail


async def test_the_asker_cannot_approve_nor_one_of_the_two(pool: Pool, owner: str) -> None:
    await populated(pool)
    await reviewers(pool)
    by = because("vanna")
    found = await perform(pool, numbers.profiles.ask_merge, DUPLICATE, SURVIVOR, by)
    assert isinstance(found, MergeRequest)
    own = await approved(pool, found, "vanna")
    assert isinstance(own, Refused)
    assert own.refusal is StaffRefusal.OWN_REQUEST

    # Nary is person 1 in private: what she approves does not count here.
    with psycopg.connect(owner) as connection:
        connection.execute(
            "UPDATE staff.human SET document_kind = 'passport', document_number = 'N1' "
            "WHERE document_number ILIKE '%nary%'"
        )
    for login in ("nary", "thida"):
        assert isinstance(await approved(pool, found, login), Approval)
    answer = await merged(pool, found)
    assert isinstance(answer, Refused)
    assert answer.refusal is Refusal.APPROVALS_MISSING


async def test_who_got_a_number_meanwhile_is_not_merged(pool: Pool) -> None:
    await populated(pool)
    await reviewers(pool)
    request = await asked(pool)
    for login in ("nary", "thida"):
        await approved(pool, request, login)
    sale = sell(5, holder_id=DUPLICATE)
    await perform(pool, numbers.holding.activate, KH, sale, act("sok", WHEN))

    answer = await merged(pool, request)

    assert isinstance(answer, Refused)
    assert answer.refusal is Refusal.HOLDS_NUMBERS


@pytest.mark.parametrize(
    ("approvals", "named"),
    [
        ([], "merge_needs_two_others"),
        (["nary"], "merge_needs_two_others"),
        (["nary", "thida"], "merge_leaf_says_so"),
    ],
)
async def test_the_door_counts_the_approvals_itself(
    pool: Pool, database: str, approvals: list[str], named: str
) -> None:
    await populated(pool)
    await reviewers(pool)
    request = await asked(pool)
    for login in approvals:
        await approved(pool, request, login)
    with psycopg.connect(database) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(
            "SELECT people.merge_into(%s, '2027-01-15 08:01Z', 1)", [request.request_hash]
        )
    assert caught.value.diag.constraint_name == named


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            """INSERT INTO people.merge SELECT 1, 2, request_hash, asked_at, leaf_seq
               FROM people.merge_request""",
            "merge_of_who_holds_nothing",
        ),
        (
            """INSERT INTO people.merge SELECT 3, 2, request_hash, asked_at, leaf_seq
               FROM people.merge_request""",
            "merge_as_it_was_asked",
        ),
        (
            "UPDATE people.merge_request SET duplicate_id = 3",
            "merge_request_hash_is_of_its_body",
        ),
    ],
)
async def test_a_superuser_cannot_merge_what_nobody_approved(
    pool: Pool, owner: str, statement: str, named: str
) -> None:
    await populated(pool)
    await asked(pool)
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(statement.encode())
    assert caught.value.diag.constraint_name == named
