"""Somebody of ours is who they say only by a passkey, once for each challenge, and not for long."""

import hashlib

import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import (
    CHALLENGE_MS,
    INVITATION_MS,
    SESSION_MS,
    Member,
    Proof,
    Refusal,
    Role,
    Session,
)
from tenure.values.instant import Instant
from tenure.values.passkey import RelyingParty
from tenure.values.refused import Refused
from tests.staff.given import AT, by, enrolled, key_in_sql, key_of, proof

FRESH = b"f" * 32
TOKEN = b"t" * 32
CODE = b"i" * 32


def refusal(answer: object) -> Refusal | None:
    assert answer is None or isinstance(answer, Refused | Member | Session | list), answer
    return answer.refusal if isinstance(answer, Refused) else None


@pytest.fixture
async def staffed(pool: Pool) -> Pool:
    """Chan is the supervisor, sok and dara are of care."""
    await enrolled(pool, "chan", Role.SUPERVISOR)
    await enrolled(pool, "sok", Role.CARE)
    await enrolled(pool, "dara", Role.CARE)
    return pool


async def test_a_signed_challenge_proves_it_once(staffed: Pool) -> None:
    shown = await proof(staffed, "sok")

    first = await perform(staffed, staff.prove, shown, AT)
    second = await perform(staffed, staff.prove, shown, AT)

    assert isinstance(first, Member)
    assert first.login == "sok"
    assert refusal(second) is Refusal.CHALLENGE_USED


@pytest.mark.parametrize(
    ("later_ms", "found"),
    [(0, None), (CHALLENGE_MS - 1, None), (CHALLENGE_MS, Refusal.CHALLENGE_EXPIRED)],
)
async def test_a_challenge_is_short_lived(
    staffed: Pool, later_ms: int, found: Refusal | None
) -> None:
    shown = await proof(staffed, "sok")
    answer = await perform(staffed, staff.prove, shown, Instant(AT + later_ms))
    assert refusal(answer) is found


async def test_nobody_proves_to_be_somebody_else(staffed: Pool) -> None:
    of_sok = await proof(staffed, "sok", FRESH)
    by_dara = Proof("sok", FRESH, key_of("dara").assertion(FRESH))
    as_dara = Proof("dara", FRESH, key_of("dara").assertion(FRESH))
    invented = Proof("sok", b"n" * 32, key_of("sok").assertion(b"n" * 32))
    other = Proof("sok", FRESH, key_of("sok").assertion(b"n" * 32))
    elsewhere = RelyingParty("localhost", ("https://evil.example",))

    assert refusal(await perform(staffed, staff.prove, by_dara, AT)) is Refusal.NOT_PROVEN
    assert refusal(await perform(staffed, staff.prove, as_dara, AT)) is Refusal.CHALLENGE_UNKNOWN
    assert refusal(await perform(staffed, staff.prove, invented, AT)) is Refusal.CHALLENGE_UNKNOWN
    assert refusal(await perform(staffed, staff.prove, other, AT)) is Refusal.NOT_PROVEN
    assert refusal(await perform(staffed, staff.prove, of_sok, AT, elsewhere)) is Refusal.NOT_PROVEN
    # All of that was in vain, and cost sok nothing.
    assert refusal(await perform(staffed, staff.prove, of_sok, AT)) is None


async def test_a_suspension_reaches_challenges_and_sessions_at_once(staffed: Pool) -> None:
    pending = await proof(staffed, "sok")
    shown = await proof(staffed, "sok", FRESH)
    session = await perform(staffed, staff.sign_in, shown, TOKEN, AT)
    before = await perform(staffed, staff.session, TOKEN, AT)

    await perform(staffed, staff.suspend, "sok", by("chan"))

    assert isinstance(session, Session)
    assert isinstance(before, Member)
    assert refusal(await perform(staffed, staff.session, TOKEN, AT)) is Refusal.SUSPENDED
    assert refusal(await perform(staffed, staff.prove, pending, AT)) is Refusal.SUSPENDED
    again = await perform(staffed, staff.challenge, "sok", b"g" * 32, AT)
    assert isinstance(again, Refused)
    assert again.refusal is Refusal.SUSPENDED


@pytest.mark.parametrize(
    ("later_ms", "found"),
    [(0, None), (SESSION_MS - 1, None), (SESSION_MS, Refusal.SESSION_ENDED)],
)
async def test_a_session_ends_by_itself(
    staffed: Pool, later_ms: int, found: Refusal | None
) -> None:
    shown = await proof(staffed, "sok")
    await perform(staffed, staff.sign_in, shown, TOKEN, AT)
    answer = await perform(staffed, staff.session, TOKEN, Instant(AT + later_ms))
    assert refusal(answer) is found


async def test_a_session_ends_when_its_owner_leaves_and_needs_a_token(staffed: Pool) -> None:
    shown = await proof(staffed, "sok")
    twice = await perform(staffed, staff.sign_in, shown, TOKEN, AT)
    replayed = await perform(staffed, staff.sign_in, shown, b"u" * 32, AT)

    await perform(staffed, staff.sign_out, TOKEN, AT)

    assert isinstance(twice, Session)
    assert refusal(replayed) is Refusal.CHALLENGE_USED
    assert refusal(await perform(staffed, staff.session, TOKEN, AT)) is Refusal.SESSION_ENDED
    guessed = await perform(staffed, staff.session, b"g" * 32, AT)
    assert refusal(guessed) is Refusal.SESSION_UNKNOWN


async def test_who_has_no_passkey_cannot_even_try(staffed: Pool) -> None:
    await perform(staffed, staff.enrol, "mao", "Mao", [Role.CARE], by("chan"))

    keyless = await perform(staffed, staff.challenge, "mao", FRESH, AT)
    nobody = await perform(staffed, staff.challenge, "nobody", FRESH, AT)

    assert isinstance(keyless, Refused)
    assert keyless.refusal is Refusal.PASSKEY_MISSING
    assert isinstance(nobody, Refused)
    assert nobody.refusal is Refusal.UNKNOWN_MEMBER


async def test_what_could_not_be_proven_is_kept(staffed: Pool, owner: str) -> None:
    await proof(staffed, "sok", FRESH)
    forged = Proof("sok", FRESH, key_of("dara").assertion(FRESH))
    await perform(staffed, staff.prove, forged, AT)

    with psycopg.connect(owner) as connection:
        found = connection.execute("SELECT login, what, refusal FROM staff.attempt").fetchall()
    assert found == [("sok", "SIGN_IN", "NOT_PROVEN")]


NEW = key_of("the telephone of sok")


async def test_an_invitation_brings_one_passkey(staffed: Pool) -> None:
    asked = hashlib.sha256(CODE).digest()
    invited = await perform(staffed, staff.invite, "sok", CODE, by("chan"))
    wrong = await perform(staffed, staff.accept_invitation, CODE, NEW.registration(CODE), by(""))
    unknown = await perform(
        staffed, staff.accept_invitation, b"?" * 32, NEW.registration(asked), by("")
    )
    first = await perform(staffed, staff.accept_invitation, CODE, NEW.registration(asked), by(""))
    third = key_of("the tablet of sok").registration(asked)
    second = await perform(staffed, staff.accept_invitation, CODE, third, by(""))
    made = await perform(staffed, staff.challenge, "sok", FRESH, AT)
    proven = await perform(staffed, staff.prove, Proof("sok", FRESH, NEW.assertion(FRESH)), AT)

    assert isinstance(invited, Member)
    assert refusal(wrong) is Refusal.NOT_PROVEN
    assert refusal(unknown) is Refusal.INVITATION_UNKNOWN
    assert isinstance(first, Member)
    assert refusal(second) is Refusal.INVITATION_USED
    assert not isinstance(made, Refused)
    assert isinstance(proven, Member)


@pytest.mark.parametrize(
    ("later_ms", "found"),
    [(INVITATION_MS - 1, None), (INVITATION_MS, Refusal.INVITATION_EXPIRED)],
)
async def test_an_invitation_ends(staffed: Pool, later_ms: int, found: Refusal | None) -> None:
    await perform(staffed, staff.invite, "sok", CODE, by("chan"))
    shown = NEW.registration(hashlib.sha256(CODE).digest())
    act = by("", Instant(AT + later_ms))
    assert refusal(await perform(staffed, staff.accept_invitation, CODE, shown, act)) is found


async def test_nobody_invites_themselves_while_somebody_else_could(staffed: Pool) -> None:
    alone = await perform(staffed, staff.invite, "chan", CODE, by("chan"))
    await enrolled(staffed, "mao", Role.SUPERVISOR)
    again = await perform(staffed, staff.invite, "chan", b"j" * 32, by("chan"))
    other = await perform(staffed, staff.invite, "chan", b"k" * 32, by("mao"))
    not_one = await perform(staffed, staff.invite, "sok", b"l" * 32, by("sok"))

    assert isinstance(alone, Member)
    assert refusal(again) is Refusal.OWN_INVITATION
    assert isinstance(other, Member)
    assert refusal(not_one) is Refusal.ROLE_MISSING


async def test_a_passkey_that_was_lost_proves_nothing(staffed: Pool) -> None:
    pending = await proof(staffed, "sok")
    name = key_of("sok").credential_id

    by_another = await perform(staffed, staff.end_passkey, "sok", name, by("dara"))
    ended = await perform(staffed, staff.end_passkey, "sok", name, by("sok"))
    twice = await perform(staffed, staff.end_passkey, "sok", name, by("chan"))

    assert refusal(by_another) is Refusal.ROLE_MISSING
    assert isinstance(ended, list)
    assert ended[0].ended_at == AT
    assert refusal(twice) is Refusal.PASSKEY_MISSING
    assert refusal(await perform(staffed, staff.prove, pending, AT)) is Refusal.NOT_PROVEN


BEHIND_THE_RULES = [
    ("proof_once", "INSERT INTO staff.proof SELECT * FROM staff.proof"),
    ("proof_in_time", "UPDATE staff.proof SET at = until_at"),
    ("proof_by_an_own_key", "UPDATE staff.proof SET credential_id = KEY(3)"),
    ("proof_of_a_challenge", "UPDATE staff.proof SET until_at = until_at + interval '1 s'"),
    ("challenge_is_short", "UPDATE staff.challenge SET until_at = at + interval '1 day'"),
    (
        "challenge_cannot_be_guessed",
        "INSERT INTO staff.challenge VALUES ('a', 'sok', 2, now(), now() + interval '1 s')",
    ),
    ("session_ends", "UPDATE staff.session SET until_at = since + interval '1 day'"),
    (
        "session_one_per_proof",
        (
            "INSERT INTO staff.session SELECT sha256('x'), challenge, login, since, until_at "
            "FROM staff.session"
        ),
    ),
    ("session_of_who_proved_it", "UPDATE staff.session SET login = 'dara'"),
    ("invitation_ends", "UPDATE staff.invitation SET until_at = at + interval '8 days'"),
    (
        "passkey_by_an_own_invitation",
        (
            "UPDATE staff.passkey SET invitation = (SELECT code_hash FROM staff.invitation) "
            "WHERE human_id = 3"
        ),
    ),
    ("passkey_of_a_human", "INSERT INTO staff.passkey VALUES ('x', 99, 'x', 0, now())"),
]


@pytest.mark.parametrize(("constraint", "statement"), BEHIND_THE_RULES)
async def test_the_tables_refuse_it_as_well(
    staffed: Pool, owner: str, constraint: str, statement: str
) -> None:
    shown = await proof(staffed, "sok")
    await perform(staffed, staff.sign_in, shown, TOKEN, AT)
    await perform(staffed, staff.invite, "sok", CODE, by("chan"))
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.IntegrityError) as caught:
        connection.execute(key_in_sql(statement))

    assert caught.value.diag.constraint_name == constraint
