"""Each right is done by the door that does it: packages, deletions, erasures, corrections."""

from pathlib import Path

from tenure.commands import ending
from tenure.commands.exporting import desk as exporting
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.people import operations as people
from tenure.promises.people.model import Given, Known, Subject
from tenure.promises.privacy.model.exports import BY_THEMSELVES, Kind, Scope, Whose
from tenure.promises.privacy.model.rights import Dossier, Outcome, Refusal, State
from tenure.promises.privacy.operations import rights
from tenure.promises.privacy.operations.retention import Ledger
from tenure.terms.rights import Ground, Right
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tests.numbers.asked import asked as transfer
from tests.numbers.stocked import msisdn
from tests.privacy.ended import after, left
from tests.privacy.exporting import Time, desk_over, opened, person
from tests.privacy.rights_asked import (
    ID,
    KH,
    LATER,
    act,
    asked,
    case_id,
    hours,
    proven,
    received,
    settled,
    worked,
)
from tests.privacy.test_retention_holding import held, released
from tests.privacy.test_rights_cases import told


async def refusal(pool: Pool, number: int = 1) -> Refusal:
    """What a case waits for."""
    found = await worked(pool, number)
    assert isinstance(found, Refused), found
    assert isinstance(found.refusal, Refusal)
    return found.refusal


async def test_a_copy_in_cambodia_holds_what_was_submitted_and_to_know_the_rest(
    pool: Pool, tmp_path: Path
) -> None:
    await settled(pool)
    desk = desk_over(pool, tmp_path, Time(LATER))
    reached: dict[Right, set[str]] = {}
    for number, right, scope in ((1, Right.COPY, Scope.COPY), (2, Right.KNOW, Scope.KNOW)):
        await proven(pool, await received(pool, asked(number, right)))
        assert await refusal(pool, number) is Refusal.WAITS_FOR_EXPORT
        whose = Whose(Kind.PERSON, 1)
        begun = await exporting.ask(desk, whose, scope, "km", "mealea", str(case_id(number)))
        assert not isinstance(begun, Refused), begun
        job = await exporting.run(desk, begun.job, "mealea")
        assert not isinstance(job, Refused), job

        done = await worked(pool, number)

        assert isinstance(done, Dossier)
        assert (done.now.state, done.now.outcome) == (State.CLOSED, Outcome.DONE)
        package = opened(job, begun.passphrase, tmp_path / right.value)
        reached[right] = {one["id"] for one in package["sections"] if one["records"]}
    assert "people.person" in reached[Right.COPY]
    assert reached[Right.COPY] < reached[Right.KNOW]
    assert "numbers.tenure" in reached[Right.KNOW] - reached[Right.COPY]


async def test_who_makes_their_package_on_their_page_has_their_answer(
    pool: Pool, tmp_path: Path
) -> None:
    await settled(pool)
    time = Time(hours(-1))
    desk = desk_over(pool, tmp_path, time)

    async def on_the_page(scope: Scope) -> None:
        begun = await exporting.ask(desk, person(1), scope, "km", BY_THEMSELVES, None)
        assert not isinstance(begun, Refused), begun
        assert not isinstance(await exporting.run(desk, begun.job, BY_THEMSELVES), Refused)

    await on_the_page(Scope.KNOW)
    await proven(pool, await received(pool, asked(1, Right.KNOW)))
    time.at = hours(1)
    await on_the_page(Scope.COPY)
    # What was made before they asked, or has less than they ask, is no answer.
    assert await refusal(pool, 1) is Refusal.WAITS_FOR_EXPORT

    await on_the_page(Scope.KNOW)

    done = await worked(pool, 1)
    assert isinstance(done, Dossier)
    assert (done.now.state, done.now.outcome) == (State.CLOSED, Outcome.DONE)


async def test_nobodys_identity_changes_while_their_number_changes_hands(pool: Pool) -> None:
    await settled(pool)
    await transfer(pool)
    for number, right in ((1, Right.CORRECT), (2, Right.RESTRICT)):
        await proven(pool, await received(pool, asked(number, right)))
    found = await worked(pool, 1)
    assert isinstance(found, Dossier)
    assert (found.now.outcome, found.now.ground) == (Outcome.REFUSED, Ground.TRANSFER)
    kept = await worked(pool, 2)
    assert isinstance(kept, Dossier)
    assert kept.now.outcome is Outcome.DONE


async def test_messages_go_and_what_was_given_in_a_shop_stays(pool: Pool) -> None:
    await settled(pool)
    subject = Subject(900, "customer", "shop", LATER, 1)
    given = Given({"nationality": ("KH",)}, "shop")
    known = await perform(pool, people.subjects.enter, KH, subject, given, act("sok", LATER))
    assert isinstance(known, Known), known
    message = Given({"bank-account": ("ABA 1",)}, "social")
    added = await perform(pool, people.subjects.add, KH, 900, message, act("sok", LATER))
    assert not isinstance(added, Refused), added
    written = asked(1, Right.DELETE, full_name="Person 1", msisdn=str(msisdn(0)))
    await proven(pool, await received(pool, written))

    done = await worked(pool)

    assert isinstance(done, Dossier)
    assert done.now.outcome is Outcome.DONE
    async with pool.connection() as connection:
        cursor = await connection.execute("SELECT item FROM people.item WHERE subject_id = 900")
        assert await cursor.fetchall() == [("nationality",)]


async def test_one_part_that_a_law_keeps_never_blocks_the_end_of_the_others(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    await left(pool, owner)
    at = after(400)
    new = asked(1, Right.DELETE, received_at=at)
    known = await received(pool, new, at=at, terms=ID)
    await proven(pool, known, at=at, terms=ID)
    waits = await worked(pool, at=at, terms=ID)
    assert isinstance(waits, Refused)
    assert waits.refusal is Refusal.WAITS_FOR_ERASURE

    await ending.go_on(pool, Ledger(tmp_path / "ledger"), at)
    found = await worked(pool, at=at, terms=ID)

    # Person 1 holds no number any more: the answer goes by letter.
    assert isinstance(found, Dossier), found
    assert found.now.state is State.PROPAGATED
    kept = {one.ground for one in found.results if not one.done}
    assert (found.now.outcome, kept) == (Outcome.PARTIAL, {Ground.RETENTION})
    assert any(one.done for one in found.results)
    assert any(one.until is not None for one in found.results)
    words = rights.answer(ID, found)
    assert words.startswith(ID.privacy.rights.answers["partial"]["id"])
    assert hours(0) < at


async def test_what_a_hold_keeps_is_told_and_follows_when_it_is_over(pool: Pool) -> None:
    await settled(pool)
    subject = Subject(900, "customer", "shop", LATER, 1)
    given = Given({"bank-account": ("ABA 1",)}, "social")
    known = await perform(pool, people.subjects.enter, KH, subject, given, act("sok", LATER))
    assert isinstance(known, Known), known
    hold = await held(pool, LATER, "subject")
    written = asked(1, Right.DELETE, full_name="Person 1", msisdn=str(msisdn(0)))
    await proven(pool, await received(pool, written))

    found = await worked(pool)

    assert isinstance(found, Dossier)
    assert (found.now.outcome, found.now.ground) == (Outcome.REFUSED, Ground.HOLD)
    answer = rights.answer(KH, found)
    assert answer.endswith(KH.privacy.rights.grounds[Ground.HOLD][found.case.language])
    assert await told(pool, "rights.answered") == [f"rights.answered {answer}"]

    async def followed(at: Instant) -> int:
        return await perform(pool, rights.follow, KH, act("<clock>", at))

    async def items() -> int:
        async with pool.connection() as connection:
            cursor = await connection.execute("SELECT count(*) FROM people.item")
            (count,) = await cursor.fetchone() or (0,)
            return int(count)

    assert (await followed(hours(1)), await items()) == (0, 1)
    await released(pool, hold, hours(2))
    assert [await followed(hours(3)), await items(), await followed(hours(4))] == [1, 0, 0]
    done = KH.privacy.rights.answers[Outcome.DONE.value][found.case.language]
    assert (await told(pool, "rights.answered"))[1:] == [f"rights.answered {done}"]
