"""Contests of the website: announced, drawn so that anybody can repeat it, claimed in a shop."""

import hashlib
from uuid import UUID

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.people.model import Photo
from tenure.promises.privacy.model.website import (
    Announced,
    Draw,
    FormRefusal,
    Given,
    Published,
    Winner,
)
from tenure.promises.privacy.operations import website
from tenure.promises.privacy.operations.keys import Keys
from tenure.promises.privacy.rules import website as rules
from tenure.promises.privacy.store import website as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Task
from tenure.terms.model import Terms
from tenure.terms.website import Contest
from tenure.values.refused import Refused

No = Refused[FormRefusal] | Refused[StaffRefusal]
PHOTO_PPM_MIN = 950_000
NAME, PHONE = "name", "phone"


async def announced(tx: Transaction, contest: str) -> Announced | None:
    """A contest as it was announced; None before."""
    return await store.contest(tx, contest)


async def announce(
    tx: Transaction, contest: Contest, commitment: bytes, act: Act
) -> Announced | Refused[FormRefusal]:
    """Announce a contest with the hash of its seed: only then somebody can enter."""
    await store.lock(tx, contest.name)
    known = await store.contest(tx, contest.name)
    if known is not None:
        return Refused(
            FormRefusal.ANNOUNCED_ALREADY, "its seed was announced; it cannot be another"
        )
    if act.at >= contest.closes_at:
        return Refused(FormRefusal.NOT_OPEN, "it is over by the pack; give it later times")
    worded = "\n".join(f"{key}\n{text}" for key, text in sorted(contest.rules.items()))
    new = Announced(
        contest=contest.name,
        commitment=commitment,
        rules_sha256=hashlib.sha256(worded.encode()).digest(),
        winners=contest.winners,
        announced_at=act.at,
        opens_at=contest.opens_at,
        closes_at=contest.closes_at,
        claim_until=contest.claim_until,
        winners_until=contest.winners_until,
    )
    said: dict[str, Plain] = {
        "contest": new.contest,
        "commitment": commitment.hex(),
        "rules": new.rules_sha256.hex(),
        "winners": new.winners,
        "closes_at": new.closes_at,
    }
    leaf_seq = await record.append(tx, act, "privacy.contest_announced", said, {})
    await store.announce(tx, new, leaf_seq)
    return new


async def draw(  # noqa: PLR0913, PLR0917 -- of what, from what, by what, who
    tx: Transaction, terms: Terms, keys: Keys, contest: str, seed: bytes, right: str, act: Act
) -> tuple[Draw, list[Winner]] | No:
    """Draw a contest that has closed, from the seed whose hash was announced.

    ``right`` is the right answer of a quiz, "" for a draw among all.  What is published has no
    names; of winners their initials and the last digits of the number.
    """
    member = await staff.allowed(tx, act.by, Task.PUBLISH, act.at)
    if isinstance(member, Refused):
        return member
    await store.lock(tx, contest)
    known = await store.contest(tx, contest)
    refusal = await _in_the_way(tx, terms, known, (contest, seed, right), act)
    if refusal is not None:
        return refusal
    assert known is not None
    given = await _eligible(tx, terms, keys, contest, right)
    tickets = tuple(sorted(given))
    won = rules.in_order(seed, tickets)[: known.winners]
    shown = [rules.masked(*_named(given[one])) for one in won]
    new = Draw(contest, known.commitment, known.closes_at, seed, tickets, act.at)
    said: dict[str, Plain] = {
        "contest": contest,
        "seed": seed.hex(),
        "tickets": len(tickets),
        "winners": [str(one) for one in won],
    }
    leaf_seq = await record.append(tx, act, "privacy.contest_drawn", said, {})
    await store.draw(tx, new, shown, leaf_seq)
    return new, await store.winners(tx, contest)


async def _in_the_way(
    tx: Transaction, terms: Terms, known: Announced | None, asked: tuple[str, bytes, str], act: Act
) -> Refused[FormRefusal] | None:
    name, seed, right = asked
    contest = terms.privacy.website.contest(name)
    if known is None or contest is None:
        return Refused(FormRefusal.UNKNOWN_CONTEST, "no such contest was announced")
    if act.at < known.closes_at:
        return Refused(FormRefusal.NOT_OVER, "it takes entries still; draw it after its end")
    if await store.drawn(tx, name) is not None:
        return Refused(
            FormRefusal.DRAWN_ALREADY, "it was drawn; see: tenure privacy contest winners"
        )
    if rules.commitment_of(seed) != known.commitment:
        return Refused(FormRefusal.WRONG_SEED, "this is not the seed whose hash was announced")
    if contest.question and not right:
        return Refused(FormRefusal.ANSWER_MISSING, "name the right answer with --right")
    return None


async def _eligible(
    tx: Transaction, terms: Terms, keys: Keys, contest: str, right: str
) -> dict[UUID, Given]:
    """Who takes part in the draw: all whose entry can be read, of a quiz with the right answer."""
    described = terms.privacy.website.contest(contest)
    assert described is not None
    found = {}
    for entry in await store.entered(tx, contest):
        given = await website.opened(tx, keys, entry)
        if isinstance(given, Refused):
            continue
        if not described.question or given.items.get(described.question) == right:
            found[entry.entry_id] = given
    return found


def _named(given: Given) -> tuple[str, str]:
    return given.items.get(NAME, ""), given.items.get(PHONE, "")


async def results(
    tx: Transaction, contest: str
) -> tuple[Published, list[Winner]] | Refused[FormRefusal]:
    """What stands on the website: enough to verify the draw anywhere, and winners in part."""
    known, drawn = await store.contest(tx, contest), await store.drawn(tx, contest)
    if known is None:
        return Refused(FormRefusal.UNKNOWN_CONTEST, "no such contest was announced")
    if drawn is None:
        return Refused(FormRefusal.NOT_DRAWN, "it is not drawn yet")
    shown = rules.proclaimed(contest, drawn.seed, drawn.tickets, known.winners)
    return shown, await store.winners(tx, contest)


async def identify(  # noqa: PLR0913, PLR0917 -- who won what, who was seen, who saw it
    tx: Transaction, keys: Keys, contest: str, place: int, name: str, photo: Photo, act: Act
) -> Winner | No:
    """WEB-USE: a winner came to a shop with a document; name and photo are theirs, or it is no.

    ``name`` is as the document has it.  Document and photos are not kept.  Nobody is identified who
    did not win: there is nothing to check.
    """
    member = await staff.allowed(tx, act.by, Task.WITNESS, act.at)
    if isinstance(member, Refused):
        return member
    winner = await _claiming(tx, contest, place, act)
    if isinstance(winner, Refused):
        return winner
    entry = await store.entry(tx, winner.ticket)
    assert entry is not None
    given = await website.opened(tx, keys, entry)
    if isinstance(given, Refused):
        return given
    same = given.items.get(NAME, "").casefold().split() == name.casefold().split()
    if not same or photo.score_ppm < PHOTO_PPM_MIN:
        return Refused(FormRefusal.NOT_THEM, "document or photo are not of who entered")
    about = {"entry": str(winner.ticket), "subject": str(entry.subject_id)}
    said: dict[str, Plain] = {"contest": contest, "place": place, "photo_ppm": photo.score_ppm}
    await record.append(tx, act, "privacy.winner_identified", said, about)
    seen = (contest, place, act.at, act.by, photo.score_ppm, photo.reference)
    await store.identify(tx, seen)
    return msgspec.structs.replace(winner, identified_at=act.at)


async def _claiming(
    tx: Transaction, contest: str, place: int, act: Act
) -> Winner | Refused[FormRefusal]:
    """The winner of a prize that can be claimed still."""
    known = await store.contest(tx, contest)
    winner = next((one for one in await store.winners(tx, contest) if one.place == place), None)
    if known is None or winner is None:
        return Refused(FormRefusal.UNKNOWN_WINNER, "see who won: tenure privacy contest winners")
    if act.at >= known.claim_until:
        return Refused(FormRefusal.CLAIM_OVER, "the time of claims is over")
    if winner.identified_at is not None:
        return Refused(FormRefusal.IDENTIFIED_ALREADY, "this prize was claimed")
    return winner
