"""A breach drill: a table leaks; whose data it was, the notices, and the clocks (PRV-SEC)."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec
import psycopg
import pytest
from psycopg import errors

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.people import operations as people
from tenure.promises.privacy.model.breaches import (
    BreachFile,
    BreachRefusal,
    Done,
    Leak,
    Said,
    Step,
)
from tenure.promises.privacy.operations import breaches
from tenure.promises.privacy.store import breaches as store
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Case, Look, Purpose
from tenure.terms.breaches import AUDIENCES
from tenure.terms.model import Terms
from tenure.values.instant import DAY_MS, HOUR_MS, Instant, parse_instant
from tenure.values.refused import Refused
from tests.people.settled import ARRIVES, AT, ID, KH, act, populated, visitor

LEAK = Leak(("people.person",), Instant(AT - DAY_MS), Instant(AT - HOUR_MS))
KNOWN = Instant(AT + 2 * HOUR_MS)
CARE = Purpose.CARE
NUMBER = "85515000000"
SAID = {
    "en": Said("Names and documents.", "A lost disk.", "The disk was found."),
    "km": Said("ឈ្មោះ", "ថាសបាត់", "បានរកឃើញ"),
    "id": Said("Nama dan dokumen.", "Cakram hilang.", "Cakram ditemukan."),
}


def later(milliseconds: int) -> Act:
    return Act("sok", Instant(KNOWN + milliseconds), milliseconds.to_bytes(32))


async def opened(pool: Pool, leak: Leak = LEAK) -> UUID:
    found = await perform(pool, breaches.open_file, KH, leak, KNOWN, later(0))
    assert isinstance(found, BreachFile), found
    return found.breach.breach_id


async def worded(pool: Pool, breach: UUID) -> None:
    for language in KH.languages:
        await perform(pool, breaches.word, KH, breach, language, SAID[language], later(1))


async def one(pool: Pool, query: str) -> list[tuple[object, ...]]:
    async with pool.connection() as connection:
        rows: list[tuple[object, ...]]
        rows = await (await connection.execute(query.encode())).fetchall()
        return rows


async def test_a_drill_from_the_leak_to_the_end(pool: Pool) -> None:
    await populated(pool)
    breach = await opened(pool)
    held = await one(pool, "SELECT count(*) FROM people.person")

    scoped = await perform(pool, breaches.scope, breach, later(HOUR_MS))

    assert isinstance(scoped, BreachFile)
    assert [(scoped.reach.persons,)] == held
    assert (scoped.reach.subjects, scoped.reach.humans, scoped.reach.told) == (0, 0, 0)
    await worded(pool, breach)
    told = await perform(pool, breaches.tell, KH, breach, later(2 * HOUR_MS))
    again = await perform(pool, breaches.tell, KH, breach, later(3 * HOUR_MS))
    assert isinstance(told, BreachFile)
    assert isinstance(again, BreachFile)
    assert told.reach == again.reach
    assert told.reach.told == told.reach.persons
    assert [one.step for one in again.steps] == [Step.SCOPED, Step.SUBJECTS_TOLD]

    sent = await one(
        pool, "SELECT msisdn, facts ->> 'what' FROM notices.notice WHERE kind = 'security.breach'"
    )
    assert sent == [("85515000000", "ឈ្មោះ")], "the only holder, once, in their language"
    letters = await perform(pool, breaches.letters, breach)
    assert len(letters) == told.reach.persons - 1
    assert ("person", 2) in letters

    done = await perform(
        pool, breaches.report, breach, Step.AUTHORITY_TOLD, "letter 17", later(4 * HOUR_MS)
    )
    assert isinstance(done, BreachFile)
    assert [clock.late for clock in breaches.clocks(done, KNOWN)] == [False, False]
    closed = await perform(pool, breaches.report, breach, Step.CLOSED, "done", later(5 * HOUR_MS))
    assert isinstance(closed, BreachFile)
    kinds = await one(
        pool, "SELECT kind, count(*) FROM record.leaf WHERE kind LIKE 'privacy.breach%' GROUP BY 1"
    )
    assert sorted(kinds) == [("privacy.breach_known", 1), ("privacy.breach_step", 4)]


CLOCKS = [
    # known, and until when: hours, over a weekend like any other days
    ("2026-11-20T23:50:00+07:00", "2026-11-23T23:50:00+07:00"),
    ("2026-12-31T00:00:00+07:00", "2027-01-03T00:00:00+07:00"),
]


@pytest.mark.parametrize(("known", "until"), CLOCKS)
@pytest.mark.parametrize("terms", [KH, ID], ids=["smart-kh", "smartfren-id"])
async def test_the_clocks_run_from_when_it_is_known(
    pool: Pool, known: str, until: str, terms: Terms
) -> None:
    known_at, until_at = parse_instant(known), parse_instant(until)
    leak = Leak(("people.person",), Instant(known_at - DAY_MS))
    noon = Act("sok", Instant(known_at + 12 * HOUR_MS), bytes(32))
    file = await perform(pool, breaches.open_file, terms, leak, known_at, noon)
    assert isinstance(file, BreachFile)
    assert {clock.until for clock in breaches.clocks(file, known_at)} == {until_at}
    assert not any(clock.late for clock in breaches.clocks(file, until_at))
    assert all(clock.late for clock in breaches.clocks(file, Instant(until_at + 1)))
    told = BreachFile(
        file.breach, {}, (Done(Step.AUTHORITY_TOLD, Instant(until_at + 1), "sok", "x"),), file.reach
    )
    late = breaches.clocks(told, Instant(until_at + DAY_MS))
    assert [clock.late for clock in late] == [True, True], "late stays late when it was done"


async def test_whom_a_login_of_ours_looked_at(pool: Pool) -> None:
    await populated(pool)
    leak = Leak(("people.person",), LEAK.began_at, KNOWN, "sok")
    breach = await opened(pool, leak)
    nobody = await perform(pool, breaches.scope, breach, later(1))
    assert isinstance(nobody, BreachFile)
    assert nobody.reach.all == 0

    seen = act("sok", Instant(AT + HOUR_MS))
    why = msgspec.structs.replace(seen, reason="asked at the counter")
    case = str(UUID(int=7))
    assert isinstance(await perform(pool, staff.open_case, case, CARE, NUMBER, why), Case)
    assert isinstance(await perform(pool, staff.look, "sok", CARE, case, NUMBER, seen), Look)
    found = await perform(pool, breaches.scope, breach, later(2))
    assert isinstance(found, BreachFile)
    assert (found.reach.persons, found.reach.humans) == (1, 0), "whom they looked at, no human"

    unknown = Leak(("people.person",), LEAK.began_at, None, "stranger")
    refused = await perform(pool, breaches.open_file, KH, unknown, KNOWN, later(9))
    assert isinstance(refused, Refused)
    assert refused.refusal is BreachRefusal.BREACH_LOGIN_UNKNOWN


async def test_visitors_and_staff_get_a_letter(pool: Pool) -> None:
    await populated(pool)
    entered = await perform(pool, people.subjects.enter, KH, visitor(), ARRIVES, act("sok"))
    assert not isinstance(entered, Refused)
    leak = Leak(("people.subject", "staff.human"), LEAK.began_at)
    breach = await opened(pool, leak)
    await worded(pool, breach)
    scoped = await perform(pool, breaches.scope, breach, later(2))
    assert isinstance(scoped, BreachFile)
    assert scoped.reach.subjects == 1
    assert scoped.reach.humans >= 2

    told = await perform(pool, breaches.tell, KH, breach, later(3))

    assert isinstance(told, BreachFile)
    assert told.reach.by_hand == told.reach.all
    assert ("subject", 900) in await perform(pool, breaches.letters, breach)


async def test_what_cannot_be_done_is_named(pool: Pool) -> None:
    await populated(pool)
    wrong = [
        (Leak(("people.nobody",), AT), KNOWN, BreachRefusal.BREACH_TABLE_UNKNOWN),
        (Leak((), AT), KNOWN, BreachRefusal.BREACH_TABLE_UNKNOWN),
        (Leak(LEAK.tables, Instant(KNOWN + 1)), KNOWN, BreachRefusal.BREACH_TIMES_CROSSED),
        (LEAK, Instant(KNOWN + DAY_MS), BreachRefusal.BREACH_TIMES_CROSSED),
    ]
    for leak, known, expected in wrong:
        answer = await perform(pool, breaches.open_file, KH, leak, known, later(0))
        assert isinstance(answer, Refused)
        assert answer.refusal is expected

    breach = await opened(pool)

    async def refusal(operation: Callable[..., Awaitable[object]], *asked: object) -> object:
        answer = await perform(pool, operation, *asked, later(5))
        return answer.refusal if isinstance(answer, Refused) else None

    assert await refusal(breaches.scope, UUID(int=0)) is BreachRefusal.BREACH_UNKNOWN
    assert await refusal(breaches.tell, KH, breach) is BreachRefusal.BREACH_NOT_SCOPED
    assert await refusal(breaches.scope, breach) is None
    assert await refusal(breaches.tell, KH, breach) is BreachRefusal.BREACH_NOT_WORDED
    empty = Said("x", " ", "y")
    assert await refusal(breaches.word, KH, breach, "en", empty) is BreachRefusal.BREACH_NOT_WORDED
    report = breaches.report
    assert await refusal(report, breach, Step.CLOSED, "x") is BreachRefusal.BREACH_NOBODY_TOLD
    assert await refusal(report, breach, Step.NOTED, " ") is BreachRefusal.BREACH_NOTE_MISSING
    assert await refusal(report, breach, Step.PUBLIC_TOLD, "page 3") is None
    assert await refusal(report, breach, Step.PUBLIC_TOLD, "x") is BreachRefusal.BREACH_STEP_DONE


@pytest.mark.parametrize("terms", [KH, ID], ids=["smart-kh", "smartfren-id"])
async def test_three_notices_in_each_language_say_everything(pool: Pool, terms: Terms) -> None:
    file = await perform(pool, breaches.open_file, terms, LEAK, KNOWN, later(0))
    assert isinstance(file, BreachFile)
    said = {language: SAID[language] for language in terms.languages}
    whole = BreachFile(file.breach, said, (), file.reach)
    for language, words in said.items():
        for audience in AUDIENCES:
            text = breaches.draft(whole, terms, audience, language)
            for part in (words.what, words.how, words.handling):
                assert part in text
            assert "{" not in text
    assert breaches.unworded(whole, terms) is None


async def test_the_database_ends_no_breach_half_told(pool: Pool) -> None:
    await populated(pool)
    breach = await opened(pool)
    await perform(pool, breaches.scope, breach, later(1))
    for step, constraint in (
        (Step.SUBJECTS_TOLD, "breach_step_everybody_was_told"),
        (Step.CLOSED, "breach_step_closed_when_told"),
    ):
        with pytest.raises(errors.CheckViolation) as refused:
            await perform(pool, _take, breach, Done(step, KNOWN, "sok", "x"))
        assert refused.value.diag.constraint_name == constraint
    async with pool.connection() as connection:
        for statement in (
            "DELETE FROM privacy.breach",
            "UPDATE privacy.breach_step SET note = 'nothing'",
            "UPDATE privacy.breach SET known_at = now()",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                async with connection.transaction():
                    await connection.execute(statement.encode())


async def _take(tx: Transaction, breach: UUID, done: Done) -> None:
    rows = await (await tx.execute("SELECT max(seq) FROM record.leaf")).fetchall()
    await store.take(tx, breach, done, int(rows[0][0]))
