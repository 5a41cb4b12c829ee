"""What somebody forges, repeats or tries alone is refused by name, and the holder hears of it."""

import msgspec
import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model.requests import Ask, Kind, Party, Progress, Proof
from tenure.promises.people import operations as people
from tenure.promises.people.model import Key
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Role
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tests.numbers.asked import (
    CHILD,
    LATER,
    NEW,
    OLD,
    PARENT,
    approve,
    approved,
    asked,
    by_passkey,
    complete,
    consented,
    effect,
    given_key,
    holder_key,
    in_shop,
    later,
    populated,
    request_id,
    seen,
    wanted,
)
from tests.numbers.stocked import KH, act, card, msisdn
from tests.staff.given import by as staff_act
from tests.staff.given import enrolled
from tests.staff.given import key_of as staff_key


def named(answer: object) -> str:
    """The refusal of an answer."""
    assert isinstance(answer, Refused), answer
    assert answer.detail
    return str(answer.refusal.name)


async def ask(pool: Pool, wish: Ask, by: str = "sok", at: Instant = LATER) -> object:
    return await perform(pool, numbers.requests.ask, KH, wish, act(by, at))


async def consent(
    pool: Pool, party: Party, proof: Proof, at: Instant = LATER, by: str = "<holder>"
) -> object:
    return await perform(
        pool, numbers.requests.consent, KH, request_id(1), party, proof, act(by, at)
    )


ASKED = [
    (wanted(to_holder=OLD), "sok", "TO_ONESELF"),
    (wanted(to_holder=99), "sok", "UNKNOWN_PERSON"),
    (wanted(msisdn=msisdn(5)), "sok", "NOT_HELD"),
    (wanted(kind=Kind.INHERITANCE, document=""), "sok", "DOCUMENT_MISSING"),
    (wanted(kind=Kind.RESTORATION), "sok", "NEVER_HELD"),
    (wanted(kind=Kind.UNLOCK), "sok", "NOT_LOCKED"),
    (wanted(kind=Kind.SIM, iccid=str(card(0).iccid)), "sok", "SIM_NOT_FREE"),
    (wanted(kind=Kind.SIM, iccid="8985506999999999999"), "sok", "SIM_NOT_FREE"),
    (wanted(kind=Kind.SIM, iccid=None), "sok", "SIM_NOT_FREE"),
    (wanted(), "rith", "ROLE_MISSING"),
    (wanted(), "nobody", "UNKNOWN_MEMBER"),
    (wanted(kind=Kind.LEGAL_ORDER), "sok", "ROLE_MISSING"),
]


@pytest.mark.parametrize(("wish", "by", "refusal"), ASKED, ids=[row[2] for row in ASKED])
async def test_what_cannot_be_asked(pool: Pool, wish: Ask, by: str, refusal: str) -> None:
    await populated(pool)

    assert named(await ask(pool, wish, by)) == refusal

    assert await perform(pool, numbers.requests.open_of, msisdn(0)) is None


async def test_one_request_at_a_time(pool: Pool) -> None:
    await populated(pool)
    await asked(pool)

    assert named(await ask(pool, wanted(2))) == "OTHER_REQUEST_OPEN"

    # One that nobody completed gives way when its time is over.
    assert isinstance(await ask(pool, wanted(3), at=later(days=14)), Progress)


async def test_consents_that_are_none(pool: Pool) -> None:
    await populated(pool)
    made = await asked(pool)
    signed = made.request_hash

    assert named(await consent(pool, Party.FROM, by_passkey(OLD, b"x" * 32))) == "NOT_PROVEN"
    assert named(await consent(pool, Party.FROM, by_passkey(3, signed))) == "NOT_A_PARTY"
    assert named(await consent(pool, Party.FROM, by_passkey(NEW, signed))) == "NOT_A_PARTY"
    stranger = by_passkey(42, signed)
    assert named(await consent(pool, Party.FROM, stranger)) == "NOT_PROVEN"
    borrowed = Proof(
        msgspec.structs.replace(
            holder_key(NEW).assertion(signed), credential_id=holder_key(OLD).credential_id
        )
    )
    assert named(await consent(pool, Party.FROM, borrowed)) == "NOT_PROVEN"
    before = Instant(LATER - 1)
    assert named(await consent(pool, Party.FROM, by_passkey(OLD, signed), before)) == "OUT_OF_ORDER"
    too_late = later(days=14)
    assert named(await consent(pool, Party.FROM, by_passkey(OLD, signed), too_late)) == "EXPIRED"
    guardian = by_passkey(PARENT, signed)
    assert named(await consent(pool, Party.FROM_GUARDIAN, guardian)) == "NOT_A_PARTY"

    await consented(pool, made, (Party.FROM, OLD))
    again = await consent(pool, Party.FROM, by_passkey(OLD, signed))
    assert named(again) == "GIVEN_ALREADY"


async def test_a_stop_is_no_consent_and_a_consent_of_one_request_is_none_of_another(
    pool: Pool,
) -> None:
    await populated(pool)
    first = await asked(pool)
    replayed = by_passkey(OLD, first.request_hash)
    await consented(pool, first, (Party.FROM, OLD))
    stop = by_passkey(OLD, numbers.requests.stop_hash_of(first.request_hash))
    # A consent does not stop, and a stop does not consent.
    assert (
        named(
            await perform(
                pool,
                numbers.requests.stop,
                KH,
                request_id(1),
                act("<holder>", LATER),
                proof=replayed,
            )
        )
        == "NOT_PROVEN"
    )
    assert named(await consent(pool, Party.TO, stop)) == "NOT_PROVEN"
    await perform(
        pool, numbers.requests.stop, KH, request_id(1), act("<holder>", LATER), proof=stop
    )
    second = await asked(pool, wanted(2))

    answer = await perform(
        pool,
        numbers.requests.consent,
        KH,
        second.request.request_id,
        Party.FROM,
        replayed,
        act("<holder>", LATER),
    )

    assert named(answer) == "NOT_PROVEN"
    assert named(await consent(pool, Party.FROM, replayed)) == "ENDED"


async def test_presence_needs_document_photo_and_an_honest_witness(pool: Pool) -> None:
    await populated(pool)
    made = await asked(pool)
    signed = made.request_hash
    right = in_shop(OLD, "dara", signed)

    wrong_document = msgspec.structs.replace(right, seen=in_shop(NEW, "dara", signed).seen)
    assert named(await consent(pool, Party.FROM, wrong_document, by="dara")) == "DOCUMENT_DIFFERS"
    blurred = in_shop(OLD, "dara", signed, ppm=949_999)
    assert named(await consent(pool, Party.FROM, blurred, by="dara")) == "PHOTO_DIFFERS"
    assert named(await consent(pool, Party.FROM, right, by="sok")) == "NOT_PROVEN"
    assert named(await consent(pool, Party.FROM, right, by="rith")) == "ROLE_MISSING"
    other = in_shop(OLD, "dara", b"x" * 32)
    assert named(await consent(pool, Party.FROM, other, by="dara")) == "NOT_PROVEN"

    assert isinstance(await consent(pool, Party.FROM, right, by="dara"), Progress)
    # One witness may see both, and then approves nothing.
    assert isinstance(
        await consent(pool, Party.TO, in_shop(NEW, "bopha", signed, party=Party.TO), by="bopha"),
        Progress,
    )
    assert named(await approve(pool, made, "bopha")) == "NOT_INDEPENDENT"


async def test_nobody_of_ours_can_do_it_alone(pool: Pool, owner: str) -> None:
    await populated(pool)
    made = await asked(pool)

    assert named(await approve(pool, made, "lina")) == "OUT_OF_ORDER"
    made = await consented(pool, made)
    assert named(await approve(pool, made, "sok")) == "NOT_INDEPENDENT"
    assert named(await approve(pool, made, "rith")) == "ROLE_MISSING"
    made = await approved(pool, made, "lina")
    assert named(await approve(pool, made, "lina")) == "GIVEN_ALREADY"
    forged = staff_key("lina").assertion(made.request_hash)
    answer = await perform(
        pool, numbers.requests.approve, KH, request_id(1), forged, act("vanna", LATER)
    )
    assert named(answer) == "NOT_PROVEN"
    with psycopg.connect(owner) as connection:
        tried = connection.execute("SELECT login, refusal FROM staff.attempt").fetchall()
    assert ("sok", "NOT_INDEPENDENT") in tried


async def test_one_person_with_two_logins_is_one_approver(pool: Pool) -> None:
    await populated(pool)
    await enrolled(pool, "lina2", Role.SUPERVISOR, document="N lina")
    made = await approved(pool, await consented(pool, await asked(pool)), "lina")

    signed = staff_key("lina").assertion(made.request_hash)
    answer = await perform(
        pool, numbers.requests.approve, KH, request_id(1), signed, act("lina2", LATER)
    )

    assert named(answer) == "GIVEN_ALREADY"
    assert named(await effect(pool, 1, later(days=2))) == "APPROVAL_MISSING"


async def test_an_approver_who_is_suspended_later_does_not_count(pool: Pool) -> None:
    await populated(pool)
    await complete(pool)
    await perform(pool, staff.suspend, "lina", staff_act("chan", later(days=0.5)))

    assert named(await effect(pool, 1, later(days=1))) == "APPROVAL_MISSING"


async def test_a_fresh_passkey_gives_nothing_away(pool: Pool) -> None:
    await populated(pool)
    await given_key(pool, 4, LATER)
    made = await asked(pool, wanted(to_holder=4))
    # Who receives may have come to the shop for the first time.
    await consented(pool, made, (Party.TO, 4))

    key = Key(OLD, holder_key(77).public, LATER)
    hashed = people.enrolment_hash(OLD, key.passkey, LATER)
    brought = await perform(
        pool,
        people.add_passkey,
        key,
        seen(OLD),
        staff_key("sok").assertion(hashed),
        act("sok", LATER),
    )
    assert brought == key
    thief = Proof(holder_key(77).assertion(made.request_hash))
    assert named(await consent(pool, Party.FROM, thief)) == "PASSKEY_TOO_YOUNG"


async def test_a_minor_consents_with_the_guardian(pool: Pool) -> None:
    await populated(pool)
    made = await asked(pool, wanted(to_holder=CHILD))
    made = await consented(pool, made, (Party.FROM, OLD), (Party.TO, CHILD))
    assert {one.refusal.name for one in made.missing} >= {"GUARDIAN_CONSENT_MISSING"}
    assert named(await approve(pool, made, "lina")) == "OUT_OF_ORDER"

    made = await consented(pool, made, (Party.TO_GUARDIAN, PARENT))
    await approved(pool, made)

    assert isinstance(await effect(pool, 1, later(days=1)), Progress)


async def test_the_holder_hears_of_every_attempt(pool: Pool) -> None:
    await populated(pool)
    await ask(pool, wanted(to_holder=OLD))
    await ask(pool, wanted(kind=Kind.SIM, iccid=None))

    told = await perform(pool, notices.of_number, msisdn(0))

    kinds = [(one.telling.kind, one.telling.person_id) for one in told]
    assert kinds == [(NoticeKind.SECURITY_ATTEMPT, OLD), (NoticeKind.TRANSFER_ATTEMPTED, OLD)]


FORGED = {
    "request_says_what_its_body_says": "UPDATE numbers.request SET to_holder = 3",
    "request_hash_is_of_its_body": (
        """UPDATE numbers.request SET body = replace(body, '"to":"2"', '"to":"3"'), to_holder = 3"""
    ),
    "consent_photo_matches": (
        "UPDATE numbers.consent SET photo_ppm = 1, witness = 1, document_kind = 'passport',"
        " photo_reference = 'r', means = 'presence'"
    ),
    "consent_by_passkey_or_presence": "UPDATE numbers.consent SET witness = 1",
    "consent_signs_exactly_this_request": (
        """UPDATE numbers.consent SET client_data_json = '{"challenge":"other"}'"""
    ),
    "consent_in_person": (
        "UPDATE numbers.consent SET authenticator_data = substr(authenticator_data, 1, 20)"
    ),
    "consent_once_for_each_part": "UPDATE numbers.consent SET party = 'to' WHERE party = 'from'",
    "approval_never_by_the_asker": "UPDATE staff.approval SET approved_by = requested_by",
}


@pytest.mark.parametrize("constraint", FORGED)
async def test_what_not_even_a_superuser_can_forge(pool: Pool, owner: str, constraint: str) -> None:
    """With every right, and every trigger and foreign key off."""
    await populated(pool)
    await complete(pool)
    with psycopg.connect(owner) as connection:
        connection.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.errors.IntegrityError) as caught:
            connection.execute(FORGED[constraint].encode())
    assert caught.value.diag.constraint_name == constraint


DENIED = [
    "UPDATE numbers.request SET ended_at = NULL",
    "DELETE FROM numbers.request",
    "UPDATE numbers.consent SET person_id = 1",
    "DELETE FROM numbers.consent",
    "UPDATE numbers.lock SET until = since",
    "DELETE FROM numbers.lock",
    "UPDATE people.passkey SET person_id = 1",
    "DELETE FROM people.passkey",
    "UPDATE numbers.tenure SET holder_id = 2",
    "SELECT numbers.hand_over(r, now(), 1) FROM numbers.request r",
    "SELECT numbers.swap_sim(r, now(), 1) FROM numbers.request r",
]


@pytest.mark.parametrize("statement", DENIED)
async def test_what_the_application_has_no_right_to(pool: Pool, statement: str) -> None:
    async with pool.connection() as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute(statement.encode())
