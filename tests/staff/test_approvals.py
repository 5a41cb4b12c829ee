"""Four eyes: no asker approves, no human counts twice, and an approval is of exactly one thing."""

import asyncio
import hashlib

import msgspec
import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import NOBODY_OF_OURS, OPEN_MS, Approval, Asked, Refusal, Role
from tenure.values.instant import HOUR_MS, Instant
from tenure.values.passkey import verified
from tenure.values.refused import Refused
from tests.staff.given import AT, by, enrolled, key_in_sql, key_of

ASKED = hashlib.sha256(b"move this number to her").digest()
OTHER = hashlib.sha256(b"move this number to him").digest()


@pytest.fixture
async def asked(pool: Pool) -> Pool:
    """Sok, who also has the login sok2, asked; chan, mao and vanna could approve."""
    await enrolled(pool, "chan", Role.SUPERVISOR)
    await enrolled(pool, "mao", Role.FRAUD)
    await enrolled(pool, "vanna", Role.FRAUD)
    await enrolled(pool, "sok", Role.SALES, document="N 7")
    await enrolled(pool, "sok2", Role.SUPERVISOR, document="N 7")
    found = await perform(pool, staff.ask, "transfer", ASKED, by("sok"))
    assert isinstance(found, Asked)
    return pool


async def approve(
    pool: Pool, login: str, *, signed: bytes = ASKED, key: str = "", at: Instant = AT
) -> Approval | Refused[Refusal]:
    shown = key_of(key or login).assertion(signed)
    return await perform(pool, staff.approve, ASKED, login, shown, by(login, at))


async def test_two_others_approve_and_anybody_can_verify_it(asked: Pool) -> None:
    first = await approve(asked, "mao")
    second = await approve(asked, "chan")

    found = await perform(asked, staff.approvals, ASKED, AT)
    assert found == [second, first]
    for one, login in zip(found, ("chan", "mao"), strict=True):
        assert verified(key_of(login).public, one.assertion, ASKED) is not None


ROWS = [
    pytest.param("sok", "sok", ASKED, 0, Refusal.ROLE_MISSING, id="who asked has no such role"),
    pytest.param("sok2", "sok", ASKED, 0, Refusal.OWN_REQUEST, id="who asked, by another login"),
    pytest.param("mao", "mao", OTHER, 0, Refusal.NOT_PROVEN, id="another request was signed"),
    pytest.param("mao", "vanna", ASKED, 0, Refusal.NOT_PROVEN, id="somebody else's key"),
    pytest.param("mao", "mao", ASKED, OPEN_MS - 1, None, id="at the last instant"),
    pytest.param("mao", "mao", ASKED, OPEN_MS, Refusal.REQUEST_EXPIRED, id="too late"),
    pytest.param("nobody", "mao", ASKED, 0, Refusal.UNKNOWN_MEMBER, id="a login that is not there"),
]


@pytest.mark.parametrize(("login", "key", "signed", "later_ms", "refusal"), ROWS)
async def test_whose_approval_counts(
    asked: Pool, login: str, key: str, signed: bytes, later_ms: int, refusal: Refusal | None
) -> None:
    found = await approve(asked, login, key=key, signed=signed, at=Instant(AT + later_ms))

    assert (found.refusal if isinstance(found, Refused) else None) is refusal
    given = await perform(asked, staff.approvals, ASKED)
    assert len(given) == (refusal is None)


async def test_one_human_approves_once_under_all_logins(asked: Pool) -> None:
    await enrolled(asked, "mao2", Role.SUPERVISOR, document="N mao")

    first = await approve(asked, "mao")
    again = await approve(asked, "mao")
    other = await approve(asked, "mao2", key="mao")

    assert isinstance(first, Approval)
    for one in (again, other):
        assert isinstance(one, Refused)
        assert one.refusal is Refusal.APPROVED_ALREADY


async def test_the_approval_of_who_is_suspended_does_not_count(asked: Pool, owner: str) -> None:
    await approve(asked, "mao")
    await approve(asked, "vanna")
    await perform(asked, staff.suspend, "mao", by("chan", Instant(AT + 5)))

    # Also for a clock that was set back before the suspension.
    earlier = await perform(asked, staff.approvals, ASKED, Instant(AT + 4))
    after = await perform(asked, staff.approvals, ASKED, Instant(AT + 5))
    late = await approve(asked, "mao", at=Instant(AT + 5))

    assert [one.login for one in earlier] == ["vanna"]
    assert [one.login for one in after] == ["vanna"]
    assert isinstance(late, Refused)
    assert late.refusal is Refusal.SUSPENDED
    assert counted_by_the_database(owner, AT + 4) == 1
    assert counted_by_the_database(owner, AT + 5) == 1


def counted_by_the_database(owner: str, at: int, since: int = 0) -> int:
    """How many approve, as the function says that other promises' functions ask."""
    query = (
        "SELECT count(*) FROM staff.approvers(%s, to_timestamp(%s / 1000.0),"
        " to_timestamp(%s / 1000.0))"
    )
    with psycopg.connect(owner) as connection:
        row = connection.execute(query, [ASKED, at, since]).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(("later_ms", "left"), [(0, 1), (HOUR_MS - 1, 1), (HOUR_MS, 0)])
async def test_an_approval_grows_old(asked: Pool, later_ms: int, left: int) -> None:
    await approve(asked, "mao")
    at = Instant(AT + later_ms)
    assert len(await perform(asked, staff.approvals, ASKED, at, HOUR_MS)) == left


async def test_the_database_counts_what_is_not_too_old(asked: Pool, owner: str) -> None:
    await approve(asked, "mao")
    assert counted_by_the_database(owner, AT, since=AT) == 1
    assert counted_by_the_database(owner, AT, since=AT + 1) == 0
    assert counted_by_the_database(owner, AT - 1) == 0


async def test_the_same_is_asked_once_and_only_by_who_may_act(asked: Pool) -> None:
    again = await perform(asked, staff.ask, "transfer", ASKED, by("sok2"))
    nobody = await perform(asked, staff.ask, "transfer", OTHER, by("nobody"))
    await perform(asked, staff.suspend, "mao", by("chan"))
    suspended = await perform(asked, staff.ask, "transfer", OTHER, by("mao"))
    holder = await perform(asked, staff.ask, "transfer", OTHER, by("<holder>"))

    for found, refusal in (
        (again, Refusal.REQUEST_KNOWN),
        (nobody, Refusal.UNKNOWN_MEMBER),
        (suspended, Refusal.SUSPENDED),
    ):
        assert isinstance(found, Refused)
        assert found.refusal is refusal
    assert isinstance(holder, Asked)
    assert holder.requested_by == NOBODY_OF_OURS


async def test_each_approval_is_in_the_record(asked: Pool, owner: str) -> None:
    await approve(asked, "mao")
    with psycopg.connect(owner) as connection:
        rows = connection.execute(
            """
            SELECT body::jsonb -> 'said' ->> 'request_hash', field, value
            FROM record.leaf JOIN record.opening ON leaf_seq = seq
            WHERE kind = 'staff.approved' ORDER BY field
            """
        ).fetchall()
    assert rows == [(ASKED.hex(), "by", "mao"), (ASKED.hex(), "human", "2")]


BEHIND_THE_RULES = [
    ("approval_never_by_the_asker", "approved_by = 4, login = 'sok2', credential_id = KEY(4)"),
    ("approval_of_exactly_this_request", "requested_by = 1"),
    ("approval_while_the_request_is_open", "approved_at = until_at"),
    ("approval_by_a_member", "login = 'chan'"),
    ("approval_by_an_own_key", "credential_id = KEY(1)"),
    ("approval_signs_exactly_this_request", 'client_data_json = \'{"challenge": "AAAA"}\''),
    ("approval_in_person", "authenticator_data = set_byte(authenticator_data, 32, 1)"),
    ("approval_in_person", "authenticator_data = set_byte(authenticator_data, 32, 4)"),
    ("approval_in_person", "authenticator_data = 'short'"),
]


@pytest.mark.parametrize(("constraint", "change"), BEHIND_THE_RULES)
async def test_the_tables_refuse_it_as_well(
    asked: Pool, owner: str, constraint: str, change: str
) -> None:
    await approve(asked, "mao")
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.IntegrityError) as caught:
        connection.execute(key_in_sql(f"UPDATE staff.approval SET {change}"))  # noqa: S608 -- ours

    assert caught.value.diag.constraint_name == constraint


async def test_an_approval_cannot_be_taken_for_another_request(asked: Pool, owner: str) -> None:
    await perform(asked, staff.ask, "transfer", OTHER, by("sok"))
    await approve(asked, "mao")
    moved = (
        "INSERT INTO staff.approval SELECT %s, requested_by, until_at, approved_by, login,"
        " approved_at, credential_id, authenticator_data, client_data_json, sha256('x')"
        " FROM staff.approval"
    )
    replayed = (
        "INSERT INTO staff.approval SELECT %s, requested_by, until_at, 3, 'vanna', approved_at,"
        " KEY(3), authenticator_data, client_data_json, signature FROM staff.approval"
    )
    for statement, request, constraint in (
        (moved, OTHER, "approval_signs_exactly_this_request"),
        (moved, ASKED, "approval_one_per_human"),
        (replayed, ASKED, "approval_signature_is_used_once"),
    ):
        with psycopg.connect(owner) as connection, pytest.raises(psycopg.IntegrityError) as caught:
            connection.execute(key_in_sql(statement), [request])
        assert caught.value.diag.constraint_name == constraint


async def test_two_at_once_are_two(asked: Pool) -> None:
    found = await asyncio.gather(*(approve(asked, login) for login in ("mao", "mao", "vanna")))

    assert sum(isinstance(one, Approval) for one in found) == 2
    assert len(await perform(asked, staff.approvals, ASKED, AT)) == 2


async def test_a_copy_of_a_key_is_noticed(asked: Pool, owner: str) -> None:
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("UPDATE staff.passkey SET sign_count = 7 WHERE human_id = 2")
    found = await approve(asked, "mao")
    assert isinstance(found, Refused)
    assert found.refusal is Refusal.NOT_PROVEN
    assert msgspec.structs.asdict(key_of("mao").public)["sign_count"] == 0
