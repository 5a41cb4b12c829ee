"""A number is attacked by a stranger, a witness, a pair of ours, a former holder, the program."""

import msgspec
import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model.requests import Kind, Locked, Party, Progress
from tenure.promises.people.model import Key
from tenure.promises.people.operations import enrolment_hash
from tenure.promises.staff import operations as staff
from tenure.values.instant import moment_of
from tenure.values.refused import Refused
from tests.numbers.asked import (
    LATER,
    NEW,
    OLD,
    approve,
    asked,
    by_passkey,
    complete,
    consented,
    effect,
    holder_key,
    in_shop,
    later,
    populated,
    request_id,
    seen,
    wanted,
)
from tests.numbers.stocked import KH, act, msisdn
from tests.numbers.test_requests_forged import ask, consent, named
from tests.staff.given import by as staff_act
from tests.staff.given import key_of as staff_key


async def asked_by_holder(pool: Pool, kind: Kind, person_id: int, number: int = 2) -> object:
    """Somebody asks by themselves, and signs with a passkey of their own."""
    return await perform(
        pool, numbers.requests.ask, KH, wanted(number, kind), act("<holder>", LATER),
        sign=lambda hashed: by_passkey(person_id, hashed),
    )  # fmt: skip


async def open_of(pool: Pool) -> str | None:
    """The open request of the number."""
    found = await perform(pool, numbers.requests.open_of, msisdn(0))
    return None if found is None else found.request_id


async def locked(pool: Pool) -> None:
    """The holder locks the number."""
    proof = by_passkey(OLD, numbers.requests.lock_hash(msisdn(0), LATER))
    done = await perform(pool, numbers.requests.lock, msisdn(0), proof, act("<holder>", LATER))
    assert isinstance(done, Locked)


# A stranger.


async def test_a_stranger_cannot_occupy_a_number(pool: Pool) -> None:
    await populated(pool)
    await locked(pool)

    # Without a signature, and with one of somebody else.
    assert named(await ask(pool, wanted(2, Kind.UNLOCK), "<holder>")) == "NOT_A_PARTY"
    assert named(await asked_by_holder(pool, Kind.UNLOCK, 3)) == "NOT_A_PARTY"
    assert await open_of(pool) is None

    assert isinstance(await asked_by_holder(pool, Kind.UNLOCK, OLD), Progress)
    assert await open_of(pool) == request_id(2)


async def test_what_nobody_agreed_to_gives_way_to_the_holder(pool: Pool) -> None:
    await populated(pool)
    await asked(pool)

    assert isinstance(await asked_by_holder(pool, Kind.SIM, OLD), Progress)

    stopped = await perform(pool, numbers.requests.progress, KH, request_id(1), LATER)
    assert isinstance(stopped, Progress)
    assert stopped.ending is not None
    assert stopped.ending.outcome.value == "stopped"
    assert await open_of(pool) == request_id(2)


async def test_what_the_holder_agreed_to_or_an_order_says_does_not(pool: Pool) -> None:
    await populated(pool)
    await consented(pool, await asked(pool), (Party.FROM, OLD))
    assert named(await asked_by_holder(pool, Kind.SIM, OLD)) == "OTHER_REQUEST_OPEN"
    assert await open_of(pool) == request_id(1)

    stop = by_passkey(OLD, numbers.requests.stop_hash_of(await hash_of(pool)))
    await perform(
        pool, numbers.requests.stop, KH, request_id(1), act("<holder>", LATER), proof=stop
    )
    await asked(pool, wanted(3, Kind.LEGAL_ORDER), by="rith")
    assert named(await asked_by_holder(pool, Kind.SIM, OLD, 4)) == "OTHER_REQUEST_OPEN"


async def hash_of(pool: Pool, number: int = 1) -> bytes:
    """The hash of a request."""
    found = await perform(pool, numbers.requests.progress, KH, request_id(number), LATER)
    assert isinstance(found, Progress)
    return found.request_hash


# A pair of ours, one fewer than it takes.


@pytest.mark.parametrize("kind", [Kind.INHERITANCE, Kind.LEGAL_ORDER, Kind.RESTORATION])
async def test_two_of_ours_do_not_pass_for_a_holder_who_asks(pool: Pool, kind: Kind) -> None:
    await populated(pool)

    assert named(await asked_by_holder(pool, kind, OLD)) == "NOT_A_PARTY"
    assert await open_of(pool) is None


async def test_the_database_says_so_as_well(pool: Pool, owner: str) -> None:
    await populated(pool)
    await asked(pool, wanted(1, Kind.LEGAL_ORDER), by="rith")
    with psycopg.connect(owner) as connection:
        connection.execute("SET session_replication_role = replica")
        body = 'replace(body, format(\'"asked_by":"%s"\', requested_by), \'"asked_by":null\')'
        with pytest.raises(psycopg.errors.CheckViolation) as caught:
            connection.execute(
                f"UPDATE numbers.request SET requested_by = NULL, body = {body},"  # noqa: S608 -- of this test
                f" request_hash = sha256(convert_to({body}, 'UTF8'))"
            )
    assert caught.value.diag.constraint_name == "request_by_the_holder_needs_the_holder"


# A witness, and a clerk with photographs of both documents.


async def test_who_saw_one_party_did_not_see_the_other(pool: Pool) -> None:
    await populated(pool)
    made = await asked(pool)
    honest = in_shop(NEW, "dara", made.request_hash, party=Party.TO)
    assert isinstance(await consent(pool, Party.TO, honest, by="dara"), Progress)

    lie = msgspec.structs.replace(honest, seen=seen(OLD), person_id=OLD)

    assert named(await consent(pool, Party.FROM, lie, by="dara")) == "NOT_PROVEN"


async def test_an_approval_is_no_witness_and_a_witness_no_approval(pool: Pool) -> None:
    await populated(pool)
    made = await asked(pool)
    approval = in_shop(OLD, "bopha", made.request_hash)
    approval = msgspec.structs.replace(
        approval, signed=staff_key("bopha").assertion(made.request_hash)
    )
    assert named(await consent(pool, Party.FROM, approval, by="bopha")) == "NOT_PROVEN"

    await consented(pool, made)
    saw = in_shop(OLD, "lina", made.request_hash).signed
    answer = await perform(
        pool, numbers.requests.approve, KH, request_id(1), saw, act("lina", LATER)
    )
    assert named(answer) == "NOT_PROVEN"


async def test_the_database_tells_a_witness_from_an_approval(pool: Pool, owner: str) -> None:
    await populated(pool)
    made = await asked(pool)
    honest = in_shop(NEW, "dara", made.request_hash, party=Party.TO)
    await consent(pool, Party.TO, honest, by="dara")
    with psycopg.connect(owner) as connection:
        connection.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.errors.CheckViolation) as caught:
            connection.execute("UPDATE numbers.consent SET party = 'from', person_id = 1")
    assert caught.value.diag.constraint_name == "consent_signs_exactly_this_request"


async def test_what_a_witness_saw_who_is_suspended_does_not_count(pool: Pool, owner: str) -> None:
    await populated(pool)
    made = await asked(pool)
    await consent(pool, Party.FROM, in_shop(OLD, "dara", made.request_hash), by="dara")
    made = await consented(pool, made, (Party.TO, NEW))
    for login in ("vanna", "lina"):
        assert isinstance(await approve(pool, made, login), Progress)
    await perform(pool, staff.suspend, "dara", staff_act("chan", later(days=0.5)))

    assert named(await effect(pool, 1, later(days=1))) == "CONSENT_MISSING"
    assert refused_by_the_door(owner, later(days=1)) == "effect_needs_every_consent"


def refused_by_the_door(owner: str, at: int) -> str | None:
    """What the function misses when it is called past the rules."""
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(
            "SELECT numbers.effect(%s::uuid, %s, 1)",
            [request_id(1), moment_of(at)],  # type: ignore[arg-type]  # an Instant
        )
    return caught.value.diag.constraint_name


async def test_a_passkey_made_in_somebodys_name_is_told_to_them(pool: Pool) -> None:
    await populated(pool)
    key = Key(OLD, holder_key(66).public, LATER)
    hashed = enrolment_hash(OLD, key.passkey, LATER)

    done = await perform(
        pool, numbers.proving.bring_passkey, key, seen(OLD), staff_key("sok").assertion(hashed),
        act("sok", LATER),
    )  # fmt: skip

    assert done == key
    told = await perform(pool, notices.of_number, msisdn(0))
    assert [(one.telling.kind, one.telling.person_id) for one in told] == [
        (NoticeKind.SECURITY_PROOF, OLD)
    ]


# A former holder.


async def test_a_former_holder_has_no_say(pool: Pool) -> None:
    await populated(pool)
    await locked(pool)
    await perform(
        pool, numbers.requests.ask, KH, wanted(1, Kind.UNLOCK), act("<holder>", LATER),
        sign=lambda hashed: by_passkey(OLD, hashed),
    )  # fmt: skip
    assert isinstance(await effect(pool, 1, later(days=3)), Progress)
    handed = await perform(pool, numbers.requests.ask, KH, wanted(5), act("sok", later(days=3)))
    assert isinstance(handed, Progress)
    made = await consented(pool, handed, at=later(days=3))
    for login in ("vanna", "lina"):
        assert isinstance(await approve(pool, made, login, later(days=3)), Progress)
    assert isinstance(await effect(pool, 5, later(days=4)), Progress)
    at = later(days=12)

    # Their passkey neither locks, nor asks, nor consents, nor stops.
    lock = by_passkey(OLD, numbers.requests.lock_hash(msisdn(0), at))
    answer: object = await perform(
        pool, numbers.requests.lock, msisdn(0), lock, act("<holder>", at)
    )
    assert named(answer) == "NOT_A_PARTY"
    answer = await perform(
        pool, numbers.requests.ask, KH, wanted(6, to_holder=3), act("<holder>", at),
        sign=lambda hashed: by_passkey(OLD, hashed),
    )  # fmt: skip
    assert named(answer) == "NOT_A_PARTY"
    onward = await perform(pool, numbers.requests.ask, KH, wanted(7, to_holder=3), act("sok", at))
    assert isinstance(onward, Progress)
    proof = by_passkey(OLD, onward.request_hash)
    answer = await perform(
        pool, numbers.requests.consent, KH, request_id(7), Party.FROM, proof, act("<holder>", at)
    )
    assert named(answer) == "NOT_A_PARTY"
    stop = by_passkey(OLD, numbers.requests.stop_hash_of(onward.request_hash))
    answer = await perform(
        pool, numbers.requests.stop, KH, request_id(7), act("<holder>", at), proof=stop
    )
    assert named(answer) == "NOT_A_PARTY"
    # An old link stops nothing any more.
    answer = await perform(
        pool, numbers.requests.stop, KH, request_id(5), act("<holder>", at), proof=stop
    )
    assert isinstance(answer, Refused)


async def test_a_number_that_was_sold_anew_is_not_given_back(pool: Pool, owner: str) -> None:
    await populated(pool)
    with psycopg.connect(owner) as connection:
        connection.execute(
            "INSERT INTO numbers.tenure (msisdn, holder_id, during, opened_as, leaf_seq, purse_id,"
            " prepaid) VALUES (%s, 2, '[2020-01-01Z,2021-01-01Z)', 'first-sale', 1, 9, true)",
            [msisdn(0)],
        )

    assert named(await ask(pool, wanted(kind=Kind.RESTORATION))) == "NEVER_HELD"


# The program itself, with every right that it has.


async def test_the_program_cannot_write_what_only_functions_may(pool: Pool, database: str) -> None:
    await populated(pool)
    await complete(pool)
    done = []
    with psycopg.connect(database, autocommit=True) as connection:
        for statement in NOT_ITS_OWN:
            try:
                connection.execute(statement.encode())
            except psycopg.errors.InsufficientPrivilege:
                continue
            done.append(statement)
    assert done == []


NOT_ITS_OWN = [
    "UPDATE people.person SET born_on = '1980-01-01'",
    "UPDATE people.person SET document_number = 'N2'",
    "DELETE FROM people.person",
    "UPDATE people.passkey SET person_id = 2",
    "UPDATE people.passkey SET public_key = public_key",
    "UPDATE people.passkey SET added_at = '2020-01-01Z'",
    "UPDATE people.guardian SET guardian_id = 2",
    "INSERT INTO notices.notice (sent_at) VALUES (now())",
    "INSERT INTO numbers.request SELECT * FROM numbers.request",
    "INSERT INTO numbers.lock VALUES ('85515000000', 1, now(), now(), 1)",
    "INSERT INTO numbers.sim SELECT * FROM numbers.sim",
    "UPDATE numbers.reminder SET at = now()",
    "UPDATE staff.human SET document_number = 'x'",
    "UPDATE staff.approval SET approved_at = now()",
    "DELETE FROM staff.approval",
    "DELETE FROM staff.attempt",
    "DELETE FROM staff.look",
    "UPDATE staff.passkey SET human_id = 1",
    "UPDATE record.leaf SET body = body",
    "DELETE FROM record.leaf",
    "UPDATE record.place SET leaf_seq = 1",
    "DELETE FROM record.checkpoint",
    "CREATE FUNCTION numbers.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
]

NULLS = {
    "activate": "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
    "take_over": "NULL, NULL, NULL, NULL, NULL",
    "effect": "NULL, NULL, NULL",
    "end_request": "NULL, NULL, NULL, NULL",
    "recycle": "NULL, NULL, NULL",
}


@pytest.mark.parametrize("name", NULLS)
def test_a_door_that_is_told_nothing_stays_shut(database: str, name: str) -> None:
    with psycopg.connect(database) as connection, pytest.raises(psycopg.errors.IntegrityError):
        connection.execute(f"SELECT numbers.{name}({NULLS[name]})".encode())


async def test_no_temporary_type_reaches_a_function_of_the_owner(pool: Pool, database: str) -> None:
    """A type that is found before ``text`` would bring its own cast into the owner's hands."""
    await populated(pool)
    made = await complete(pool)
    with psycopg.connect(database, autocommit=True) as connection:
        # Whatever a thief makes of these names, the doors must not meet it.
        for name in ("text", "timestamptz", "jsonb", "uuid", "bytea", "date"):
            connection.execute(
                f"CREATE DOMAIN pg_temp.{name} AS pg_catalog.int4 CHECK (false)".encode()
            )
        assert connection.execute(
            "SELECT numbers.locked('85515000000', pg_catalog.now())"
        ).fetchone() == (False,)
        with pytest.raises(psycopg.Error) as caught:
            connection.execute(
                "SELECT numbers.effect(%s::pg_catalog.uuid, %s::pg_catalog.timestamptz, 1)",
                [made.request.request_id, moment_of(later(days=2)).isoformat()],
            )
    assert caught.value.diag.constraint_name == "effect_leaf_says_so"
