"""Forms of the website over a real store: sealed, once, acknowledged, shown by a case, ended."""

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import psycopg
import pytest

from tenure.keystore import opening
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.people.model import Photo
from tenure.promises.privacy.model.retention import Hold
from tenure.promises.privacy.model.website import Entry, FormRefusal, Given, Received, Sent
from tenure.promises.privacy.operations import Keys, contests, holding, website
from tenure.promises.record.model import Act
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Role
from tenure.terms import pack
from tenure.terms.website import Contest
from tenure.values.instant import DAY_MS, Instant, parse_instant
from tenure.values.refused import Refused
from tenure.values.sealing import Whose
from tests.staff.given import by, enrolled

TERMS = pack.load("smart-kh").terms
SITE = TERMS.privacy.website
AT = parse_instant("2026-11-22T08:00:00+07:00")
SEED = bytes(range(32))
QUIZ = "water-festival-2026"
NOTICE = "2025-10-23"
SECRET = "the shop in Siem Reap"


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    with closing(opening.make(tmp_path / "keys", at_ms=0)) as shelf:
        yield Keys(shelf)


def act(at: Instant = AT) -> Act:
    return Act("<website>", at, bytes(32))


def sent(number: int, form: str = "question", **items: str) -> Sent:
    found = SITE.form(form)
    assert found is not None
    kept = Given(items or {"email": "dara@example.com", "question": SECRET})
    mark = website.mark_of(b"k" * 32, found, kept)
    return Sent(uuid.UUID(int=number), number, form, "en", kept, NOTICE, mark)


def entrant(number: int, answer: str = "tonle-sap") -> Sent:
    return sent(number, "quiz", answer=answer, name=f"Sok {number}", phone=f"8551200000{number}")


async def receive(
    pool: Pool, keys: Keys, one: Sent, at: Instant = AT
) -> Received | Refused[FormRefusal]:
    return await perform(pool, website.receive, TERMS, keys, one, act(at))


def contest() -> Contest:
    found = SITE.contest(QUIZ)
    assert found is not None
    return found


async def announced(pool: Pool) -> None:
    commitment = website.commitment_of(SEED)
    found = await perform(pool, contests.announce, contest(), commitment, act())
    assert not isinstance(found, Refused)


def refusal(found: object) -> object:
    assert isinstance(found, Refused), found
    return found.refusal


async def test_a_form_is_kept_sealed_with_what_was_acknowledged(
    pool: Pool, keys: Keys, owner: str
) -> None:
    assert await receive(pool, keys, sent(1)) == Received(uuid.UUID(int=1), AT, again=False)
    (entry,) = await perform(pool, website.listed, "", AT)
    notice = next(one for one in TERMS.consents.documents if one.version == NOTICE)
    assert entry.notice_sha256.hex() == notice.sha256["en"]
    assert entry.keep_until == AT + 180 * DAY_MS
    given = await perform(pool, website.opened, keys, entry)
    assert given == Given({"email": "dara@example.com", "question": SECRET})
    assert SECRET.encode() not in entry.sealed
    with psycopg.connect(owner) as connection:
        for table in ("privacy.entry", "people.subject", "people.item", "record.leaf"):
            rows = connection.execute(f"SELECT t::text FROM {table} t").fetchall()  # noqa: S608
            assert "dara@example.com" not in str(rows)


async def test_what_is_sent_twice_is_one(pool: Pool, keys: Keys) -> None:
    await receive(pool, keys, sent(1))
    again = await receive(pool, keys, sent(1), Instant(AT + 5))
    assert again == Received(uuid.UUID(int=1), AT, again=True)
    assert len(await perform(pool, website.listed, "", AT)) == 1


async def test_another_notice_is_not_acknowledged(pool: Pool, keys: Keys) -> None:
    old = msgspec.structs.replace(sent(1), notice_version="2019-01-01")
    assert refusal(await receive(pool, keys, old)) is FormRefusal.NO_NOTICE


async def test_a_form_is_shown_to_who_has_a_case_about_it(pool: Pool, keys: Keys) -> None:
    await staffed(pool)
    await receive(pool, keys, sent(1))
    await receive(pool, keys, sent(2))
    case = str(uuid.UUID(int=77))
    dara = by("dara", AT)

    none = await perform(pool, website.show, keys, uuid.UUID(int=1), case, dara)
    asked = msgspec.structs.replace(dara, reason="to answer it")
    assert await perform(pool, website.open_case, uuid.UUID(int=1), case, asked) is None
    shown = await perform(pool, website.show, keys, uuid.UUID(int=1), case, dara)
    other = await perform(pool, website.show, keys, uuid.UUID(int=2), case, dara)
    done = await perform(pool, website.answered, uuid.UUID(int=1), case, dara)

    assert refusal(none) is StaffRefusal.CASE_MISSING
    assert isinstance(shown, tuple)
    assert shown[1].items["question"] == SECRET
    assert refusal(other) is StaffRefusal.CASE_OF_ANOTHER_NUMBER
    assert isinstance(done, Entry)
    assert done.answered_by == "dara"


async def test_a_form_ends_with_its_key(pool: Pool, keys: Keys, owner: str) -> None:
    await receive(pool, keys, sent(1))
    (entry,) = await perform(pool, website.listed, "", AT)
    just_before = await perform(pool, website.end, keys, act(Instant(entry.keep_until - 1)))
    ended = await perform(pool, website.end, keys, act(entry.keep_until))
    settled = await perform(pool, keys.settle, entry.keep_until)
    again = await perform(pool, website.end, keys, act(entry.keep_until))

    assert (just_before.entries, ended.entries, again.entries) == (0, 1, 0)
    assert settled.keys == 1
    assert refusal(await perform(pool, website.opened, keys, entry)) is FormRefusal.NOT_READABLE
    with psycopg.connect(owner) as connection:
        assert connection.execute("SELECT count(*) FROM privacy.entry").fetchone() == (0,)


async def test_a_legal_hold_keeps_a_form(pool: Pool, keys: Keys) -> None:
    await staffed(pool)
    await receive(pool, keys, sent(1))
    await receive(pool, keys, sent(2))
    (entry, _) = await perform(pool, website.listed, "", AT)
    at = Instant(entry.keep_until - DAY_MS)
    hold = Hold(
        uuid.UUID(int=7, version=4), Whose("subject", 1), (), None, None, "12/2026", "a court",
        "a" * 64, Instant(at + 30 * DAY_MS), at, "", b"",
    )  # fmt: skip
    held = await perform(pool, holding.hold, TERMS, hold, by("legal", at))
    assert isinstance(held, Hold), held
    assert (await perform(pool, website.end, keys, act(entry.keep_until))).entries == 1
    # Nobody else agreed in two weeks: it lapses, and what it kept ends.
    lapsed = Instant(at + 15 * DAY_MS)
    assert (await perform(pool, website.end, keys, act(lapsed))).entries == 1


async def test_a_contest_takes_entries_only_after_its_seed_was_announced(
    pool: Pool, keys: Keys
) -> None:
    assert refusal(await receive(pool, keys, entrant(1))) is FormRefusal.NOT_OPEN
    await announced(pool)
    assert isinstance(await receive(pool, keys, entrant(1)), Received)
    late = await receive(pool, keys, entrant(2), contest().closes_at)
    assert refusal(late) is FormRefusal.NOT_OPEN
    again = await perform(pool, contests.announce, contest(), bytes(32), act())
    assert refusal(again) is FormRefusal.ANNOUNCED_ALREADY


async def test_one_enters_once(pool: Pool, keys: Keys) -> None:
    await announced(pool)
    await receive(pool, keys, entrant(1))
    same = sent(9, "quiz", answer="bassac", name="Somebody else", phone="85512000001")
    assert refusal(await receive(pool, keys, same)) is FormRefusal.ENTERED_ALREADY


async def staffed(pool: Pool) -> None:
    await enrolled(pool, "chan", Role.SUPERVISOR)
    await enrolled(pool, "dara", Role.CARE)
    await enrolled(pool, "legal", Role.LEGAL)


async def drawn(pool: Pool, keys: Keys) -> None:
    await staffed(pool)
    await announced(pool)
    for number in range(1, 8):
        await receive(pool, keys, entrant(number, "bassac" if number == 4 else "tonle-sap"))


async def test_a_draw_is_repeated_by_anybody_and_has_no_names(pool: Pool, keys: Keys) -> None:
    await drawn(pool, keys)
    over = contest().closes_at
    early = await perform(
        pool, contests.draw, TERMS, keys, QUIZ, SEED, "tonle-sap", by("legal", AT)
    )
    wrong = await perform(
        pool, contests.draw, TERMS, keys, QUIZ, bytes(32), "tonle-sap", by("legal", over)
    )
    unasked = await perform(pool, contests.draw, TERMS, keys, QUIZ, SEED, "", by("legal", over))
    none_of_ours = await perform(
        pool, contests.draw, TERMS, keys, QUIZ, SEED, "tonle-sap", by("dara", over)
    )
    done = await perform(
        pool, contests.draw, TERMS, keys, QUIZ, SEED, "tonle-sap", by("legal", over)
    )
    again = await perform(
        pool, contests.draw, TERMS, keys, QUIZ, SEED, "tonle-sap", by("legal", over)
    )
    results = await perform(pool, contests.results, QUIZ)

    assert [refusal(one) for one in (early, wrong, unasked, again)] == [
        FormRefusal.NOT_OVER,
        FormRefusal.WRONG_SEED,
        FormRefusal.ANSWER_MISSING,
        FormRefusal.DRAWN_ALREADY,
    ]
    assert refusal(none_of_ours) is StaffRefusal.ROLE_MISSING
    assert not isinstance(done, Refused)
    assert not isinstance(results, Refused)
    published, winners = results
    assert website.verified(published) == ()
    assert published.commitment == hashlib.sha256(SEED).hexdigest()
    # The fourth had another answer.
    assert len(published.tickets) == 6
    assert str(uuid.UUID(int=4)) not in published.tickets
    assert [str(one.ticket) for one in winners] == list(published.winners)
    assert all(one.shown is not None and one.shown.startswith("S… ") for one in winners)
    assert b"Sok" not in msgspec.json.encode(published)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"seed": bytes(32)}, "draw_from_the_seed_that_was_announced"),
        ({"drawn_at": AT}, "draw_after_the_end"),
        ({"tickets": (uuid.UUID(int=99),)}, "draw_among_those_who_entered"),
        ({"tickets": (uuid.UUID(int=1),) * 3}, "draw_has_each_ticket_once"),
    ],
)
async def test_the_door_looks_itself(
    pool: Pool, keys: Keys, change: dict[str, object], constraint: str
) -> None:
    await drawn(pool, keys)
    over = contest().closes_at

    async def forced(tx: Transaction) -> None:
        from tenure.promises.privacy.model.website import Draw  # noqa: PLC0415 -- of this test alone
        from tenure.promises.privacy.store import website as store  # noqa: PLC0415 -- as above

        tickets = tuple(uuid.UUID(int=number) for number in (1, 2, 3))
        new = Draw(QUIZ, website.commitment_of(SEED), over, SEED, tickets, over)
        changed = msgspec.structs.replace(new, **change)
        await store.draw(tx, changed, ["x"] * min(3, len(set(changed.tickets))), 1)

    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        await perform(pool, forced)
    assert refused.value.diag.constraint_name == constraint


async def test_a_winner_is_identified_in_a_shop_and_losers_are_destroyed(
    pool: Pool, keys: Keys
) -> None:
    await drawn(pool, keys)
    over, claims = contest().closes_at, contest().claim_until
    await perform(pool, contests.draw, TERMS, keys, QUIZ, SEED, "tonle-sap", by("legal", over))
    results = await perform(pool, contests.results, QUIZ)
    assert not isinstance(results, Refused)
    winner = results[1][0]
    name, photo = f"sok {winner.ticket.int}", Photo(990_000, "ref-1")

    async def seen(name: str, photo: Photo, at: Instant) -> object:
        return await perform(pool, contests.identify, keys, QUIZ, 1, name, photo, by("dara", at))

    assert refusal(await seen("Chan", photo, over)) is FormRefusal.NOT_THEM
    assert refusal(await seen(name, Photo(10, "ref"), over)) is FormRefusal.NOT_THEM
    assert refusal(await seen(name, photo, claims)) is FormRefusal.CLAIM_OVER
    assert not isinstance(await seen(name, photo, over), Refused)
    assert refusal(await seen(name, photo, over)) is FormRefusal.IDENTIFIED_ALREADY

    assert (await perform(pool, website.end, keys, act(claims))).entries == 4
    left = await perform(pool, website.listed, "", claims)
    assert {str(one.entry_id) for one in left} == set(results[0].winners)
    # The results stay, and can be verified, when nobody's entry is left.
    until = contest().winners_until
    assert (await perform(pool, website.end, keys, act(until))).entries == 3
    later = await perform(pool, contests.results, QUIZ)
    assert not isinstance(later, Refused)
    assert website.verified(later[0]) == ()
    assert all(one.shown is None for one in later[1])


async def test_a_visit_needs_a_yes_in_the_database(pool: Pool) -> None:
    consent, visit = uuid.UUID(int=5), uuid.UUID(int=6)
    about = ("203.0.113.7", "Mozilla/5.0 (X11; Linux) Firefox/130.0", "/site/en")
    seen = website.seen(visit, (consent, AT), AT, about, DAY_MS)
    assert seen is not None

    async def answered(*, visits: bool, at: Instant = AT) -> None:
        new = website.answer_of(
            consent, at, SITE.banner, SITE.categories, "en", convenience=False, visits=visits
        )
        await perform(pool, website.answer_cookies, new)

    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        await perform(pool, website.visited, seen)
    await answered(visits=True)
    await perform(pool, website.visited, seen)
    await perform(pool, website.visited, seen)
    # A no ends what was recorded with the yes; both answers stay as proof.
    await answered(visits=False, at=Instant(AT + 1))
    refusing = website.seen(visit, (consent, Instant(AT + 1)), AT, about, DAY_MS)
    assert refusing is not None
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        await perform(pool, website.visited, refusing)
