"""All SQL of the public website."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.website import (
    Announced,
    CookieAnswer,
    Draw,
    Entry,
    Visit,
    Winner,
)
from tenure.values.instant import Instant, moment_of

_ENTRY: Final = """
SELECT entry_id, form, subject_id, language, notice_version, notice_sha256, given_at, keep_until,
       sealed, contest, opens_at, closes_at, own_notice_sha256, mark, answered_at, answered_by,
       contact
FROM privacy.entry
"""
_ADD: Final = """
INSERT INTO privacy.entry (
    entry_id, form, subject_id, language, notice_version, notice_sha256, given_at, keep_until,
    sealed, contest, opens_at, closes_at, own_notice_sha256, mark, contact, leaf_seq
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_ANNOUNCE: Final = """
INSERT INTO privacy.contest (
    contest, commitment, rules_sha256, winners, announced_at, opens_at, closes_at, claim_until,
    winners_until, leaf_seq
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_CONTEST: Final = """
SELECT contest, commitment, rules_sha256, winners, announced_at, opens_at, closes_at, claim_until,
       winners_until
FROM privacy.contest WHERE contest = %s
"""
_LOCK: Final = "SELECT pg_advisory_xact_lock(%s, hashtext(%s))"
_DRAW: Final = """
SELECT privacy.draw_winners(
    ROW(%s, %s, %s, %s, %s::uuid[], %s, %s)::privacy.draw, %s::text[]
)
"""
_DRAWN: Final = """
SELECT contest, commitment, closes_at, seed, tickets, drawn_at
FROM privacy.draw WHERE contest = %s
"""
_WINNERS: Final = """
SELECT place, ticket, shown, identified_at FROM privacy.winner WHERE contest = %s ORDER BY place
"""
_ANSWER: Final = """
INSERT INTO privacy.cookie_answer (
    consent_id, at, version, text_sha256, language, convenience, visits, until_at, keep_until
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_VISIT: Final = """
INSERT INTO privacy.visit (
    visit_id, seq, at, address, browser, system, page, consent_id, answered_at, agreed, keep_until
) SELECT %(visit)s, coalesce(max(v.seq), 0) + 1, %(at)s, %(address)s, %(browser)s, %(system)s,
         %(page)s, %(consent)s, %(answered)s, true, %(keep)s
FROM privacy.visit v WHERE v.visit_id = %(visit)s
"""
_DOOR: Final = 0x77656273


async def entry(tx: Transaction, entry_id: UUID) -> Entry | None:
    """A form that was sent."""
    cursor = await tx.execute(f"{_ENTRY} WHERE entry_id = %s", [entry_id])
    row = await cursor.fetchone()
    return None if row is None else Entry(*row)


async def entries(tx: Transaction, form: str, at: Instant) -> list[Entry]:
    """What was sent and has not ended, newest first; of one form, or of all with ""."""
    cursor = await tx.execute(
        f"{_ENTRY} WHERE keep_until > %s AND (%s = '' OR form = %s) ORDER BY given_at DESC",
        [moment_of(at), form, form],
    )
    return [Entry(*row) for row in await cursor.fetchall()]


async def of_contact(tx: Transaction, contact: bytes, at: Instant) -> list[Entry]:
    """All forms of one address that have not ended, newest first, sealed."""
    cursor = await tx.execute(
        f"{_ENTRY} WHERE contact = %s AND keep_until > %s ORDER BY given_at DESC, entry_id",
        [contact, moment_of(at)],
    )
    return [Entry(*row) for row in await cursor.fetchall()]


async def entered(tx: Transaction, contest: str) -> list[Entry]:
    """All who entered a contest, in the order of their tickets."""
    cursor = await tx.execute(f"{_ENTRY} WHERE contest = %s ORDER BY entry_id", [contest])
    return [Entry(*row) for row in await cursor.fetchall()]


async def is_marked(tx: Transaction, contest: str, mark: bytes) -> bool:
    """Whether whoever has this mark has entered."""
    cursor = await tx.execute(
        "SELECT EXISTS (SELECT FROM privacy.entry WHERE contest = %s AND mark = %s)",
        [contest, mark],
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def lock(tx: Transaction, what: str) -> None:
    """One at a time of the same form or contest; the lock is got by a statement of its own."""
    await tx.execute(_LOCK, [_DOOR, what])


async def add(tx: Transaction, new: Entry, leaf_seq: int) -> None:
    """Keep a form; a second entry of the same person violates entry_one_per_person."""
    await tx.execute(
        _ADD,
        [
            new.entry_id,
            new.form,
            new.subject_id,
            new.language,
            new.notice_version,
            new.notice_sha256,
            moment_of(new.given_at),
            moment_of(new.keep_until),
            new.sealed,
            new.contest,
            _moment(new.opens_at),
            _moment(new.closes_at),
            new.own_notice_sha256,
            new.mark,
            new.contact,
            leaf_seq,
        ],
    )


async def answer(tx: Transaction, entry_id: UUID, at: Instant, by: str) -> None:
    """A form was answered."""
    await tx.execute(
        "UPDATE privacy.entry SET answered_at = %s, answered_by = %s WHERE entry_id = %s",
        [moment_of(at), by, entry_id],
    )


async def announce(tx: Transaction, new: Announced, leaf_seq: int) -> None:
    """Announce a contest."""
    times = [new.announced_at, new.opens_at, new.closes_at, new.claim_until, new.winners_until]
    await tx.execute(
        _ANNOUNCE,
        [
            new.contest,
            new.commitment,
            new.rules_sha256,
            new.winners,
            *(moment_of(one) for one in times),
            leaf_seq,
        ],
    )


async def contest(tx: Transaction, name: str) -> Announced | None:
    """A contest as it was announced."""
    cursor = await tx.execute(_CONTEST, [name])
    row = await cursor.fetchone()
    return None if row is None else Announced(*row)


async def draw(tx: Transaction, new: Draw, shown: Sequence[str], leaf_seq: int) -> None:
    """Draw; the door computes the winners itself."""
    await tx.execute(
        _DRAW,
        [
            new.contest,
            new.commitment,
            moment_of(new.closes_at),
            new.seed,
            list(new.tickets),
            moment_of(new.drawn_at),
            leaf_seq,
            list(shown),
        ],
    )


async def drawn(tx: Transaction, name: str) -> Draw | None:
    """The draw of a contest."""
    cursor = await tx.execute(_DRAWN, [name])
    row = await cursor.fetchone()
    if row is None:
        return None
    name_, commitment, closes_at, seed, tickets, drawn_at = row
    return Draw(name_, commitment, closes_at, seed, tuple(tickets), drawn_at)


async def winners(tx: Transaction, name: str) -> list[Winner]:
    """Who won, by place."""
    cursor = await tx.execute(_WINNERS, [name])
    return [Winner(*row) for row in await cursor.fetchall()]


async def identify(tx: Transaction, about: tuple[str, int, Instant, str, int, str]) -> None:
    """A winner was seen: contest, place, instant, login, how sure, reference of the comparison."""
    name, place, at, login, ppm, reference = about
    await tx.execute(
        "SELECT privacy.identify_winner(%s, %s, %s, %s, %s, %s)",
        [name, place, moment_of(at), login, ppm, reference],
    )


async def cookie_answer(tx: Transaction, new: CookieAnswer) -> None:
    """Keep what a browser answered; the same again changes nothing."""
    await tx.execute(
        _ANSWER,
        [
            new.consent_id,
            moment_of(new.at),
            new.version,
            new.text_sha256,
            new.language,
            new.convenience,
            new.visits,
            moment_of(new.until),
            moment_of(new.keep_until),
        ],
    )


async def visit(tx: Transaction, new: Visit) -> None:
    """Keep that a page was opened; without a yes it violates visit_agreed_to."""
    await tx.execute(
        _VISIT,
        {
            "visit": new.visit_id,
            "at": moment_of(new.at),
            "address": new.address,
            "browser": new.browser,
            "system": new.system,
            "page": new.page,
            "consent": new.consent_id,
            "answered": moment_of(new.answered_at),
            "keep": moment_of(new.keep_until),
        },
    )


async def forget_visits(tx: Transaction, consent_id: UUID) -> None:
    """A yes was taken back: what was recorded with it goes."""
    await tx.execute("DELETE FROM privacy.visit WHERE consent_id = %s", [consent_id])


async def end(tx: Transaction, at: Instant) -> list[int]:
    """Destroy what has reached its end; whose keys are to be destroyed too."""
    cursor = await tx.execute("SELECT subject_id FROM privacy.end_website(%s)", [moment_of(at)])
    return [int(row[0]) for row in await cursor.fetchall()]


def _moment(at: Instant | None) -> Any:
    return None if at is None else moment_of(at)
