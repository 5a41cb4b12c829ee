"""The laws of a change: who must have agreed, what must not stand in its way, and for how long."""

from typing import Any

from tests.numbers.stocked import card
from tests.simulator.years import acts, reach
from tests.simulator.years.books import (
    AGE_OF_SIM,
    COOLING_OFF,
    LOCK_LIFTS_AFTER,
    OPEN,
    RESTORED_WITHIN,
    Asked,
    Binding,
    Tenure,
    tail,
)
from tests.simulator.years.laws import telling
from tests.simulator.years.life import Life

CONSENTS = {
    "transfer": ("from", "to"), "inheritance": ("to",), "sim": ("from",), "unlock": ("from",),
    "legal-order": (), "restoration": (),
}  # fmt: skip
APPROVALS = {
    "transfer": 2, "inheritance": 2, "legal-order": 2, "restoration": 2, "sim": 1, "unlock": 0,
}  # fmt: skip
WAITS = {
    "transfer": COOLING_OFF, "inheritance": COOLING_OFF, "legal-order": COOLING_OFF,
    "restoration": 0, "sim": 0, "unlock": LOCK_LIFTS_AFTER,
}  # fmt: skip
NOT_WHILE = {
    "transfer": {"lost", "suspended", "barred-out", "barred-in", "held", "locked", "young"},
    "inheritance": {"suspended", "barred-out", "barred-in", "held", "young"},
    "sim": {"suspended", "held", "locked"},
    "unlock": set(), "legal-order": set(), "restoration": set(),
}  # fmt: skip
AGREED = "a change has the proven consent of all whom it concerns"
APPROVED = "two of ours who stand apart approved a change"
WAITED = "whoever agreed has time to think"
STANDING = "nothing changes that is locked, held, cut or on a young SIM"


def parties(life: Life, asked: Asked, at: int | None = None) -> list[tuple[str, int]]:
    """Whose consent is needed: the parties, and the guardian of each who is a minor by then."""
    found: list[tuple[str, int]] = []
    for party in CONSENTS[asked.kind]:
        person = asked.giver if party == "from" else asked.taker
        assert person is not None
        found.append((party, person))
        if life.books.minor(person, life.day(at)):
            guardians = sorted(life.books.people[person].guardians)
            found.append((f"{party}-guardian", guardians[0] if guardians else 0))
    return found


def consented(life: Life, asked: Asked, party: str, how: tuple[int, Any, Any], at: int) -> None:
    """A consent was acknowledged: was it right to?"""
    books, (person, witness, proof) = life.books, how
    books.must("a consent is given once", holds=party not in asked.consents, seen=asked.kind)
    books.must("nothing is agreed to after its end", holds=asked.ended is None, seen=asked.kind)
    if witness is None:
        key = books.keys.get(proof.signed.credential_id)
        ended_at = books.ended_keys.get(proof.signed.credential_id)
        gives = party in {"from", "from-guardian"}
        books.must(
            "a passkey proves its owner, as long as it is theirs, and gives nothing away when new",
            holds=key is not None and key.owner == person and ended_at is None
            and at >= key.added_at + (AGE_OF_SIM if gives else 0), seen=party,
        )  # fmt: skip
    else:
        life.cast.watch(witness)
    asked.consents[party] = (person, at, None if witness is None else life.cast.human(witness))
    telling.of_step(books, asked, "consented", at)


def approved(life: Life, asked: Asked, login: str, at: int) -> None:
    """An approval was acknowledged: was it right to?"""
    human = life.cast.human(login)
    life.cast.watch(login)
    life.books.must(
        APPROVED, holds=human not in asked.approvals and stands_apart(life, asked, human),
        seen=f"{asked.kind} by {login}",
    )  # fmt: skip
    asked.approvals[human] = at
    life.books.leaves["staff.approved", str(human), at] += 1
    telling.of_step(life.books, asked, "approved", at)


def stands_apart(life: Life, asked: Asked, human: int) -> bool:
    """Whether one of ours did not ask, saw no consent, and is none of those it is about."""
    concerned = {asked.giver, asked.taker}
    for person in (asked.giver, asked.taker):
        if person is not None:
            concerned |= set(life.books.people[person].guardians)
    is_party = any(
        one.human_id == human and one.person in concerned and one.person is not None
        for one in life.books.humans.values()
    )
    witnesses = {witness for _, _, witness in asked.consents.values()}
    return human != asked.asker and human not in witnesses and not is_party


async def effected(life: Life, asked: Asked, at: int) -> None:
    """An effect was acknowledged: every law of it, and then what follows in the books."""
    books = life.books
    seen = f"{asked.kind} of {tail(asked.msisdn)}"
    books.must("nothing takes effect that has ended", holds=asked.ended is None, seen=seen)
    _agreed(life, asked, at, seen)
    _stands(life, asked, at, seen)
    asked.ended = ("effected", at)
    life.driver.done[f"took effect: {asked.kind}"] += 1
    telling.of_step(books, asked, "effected", at)
    if asked.kind == "unlock":
        books.locks.pop(asked.msisdn, None)
        return
    _changes_sim(life, asked, at)
    if asked.taker is not None:
        _changes_hands(life, asked, at)
        await reach.nothing_is_left(life, asked.msisdn, at, sale=False)


def _agreed(life: Life, asked: Asked, at: int, seen: str) -> None:
    books = life.books
    last = asked.at
    for party, person in parties(life, asked, at):
        given = asked.consents.get(party)
        whose = {person}
        if party.endswith("-guardian"):
            ward = asked.giver if party.startswith("from") else asked.taker
            whose = set(books.people[ward or 0].guardians)
        fine = given is not None and given[0] in whose and given[0] not in asked.unwilling
        books.must(AGREED, holds=fine and given[1] <= at if given else False, seen=seen)
        last = max(last, given[1] if given else at)
    needed = APPROVALS[asked.kind]
    counted = sorted(
        when
        for human, when in asked.approvals.items()
        if when >= last
        and stands_apart(life, asked, human)
        and at < books.suspended.get(human, at + 1)
    )
    books.must(APPROVED, holds=len(counted) >= needed, seen=seen)
    last = max([last, *counted[:needed]])
    books.must(WAITED, holds=at >= last + WAITS[asked.kind], seen=seen)
    lasts = RESTORED_WITHIN if asked.kind == "restoration" else OPEN
    books.must(
        "a request is open no longer than was said",
        holds=asked.kind == "unlock" or at < asked.at + lasts, seen=seen,
    )  # fmt: skip


def _stands(life: Life, asked: Asked, at: int, seen: str) -> None:
    books, number = life.books, asked.msisdn
    holder = books.holder(number)
    books.must(
        "a number goes from whom it belongs to",
        holds=holder is not None and holder.holder == asked.giver, seen=seen,
    )  # fmt: skip
    standing = set(books.cuts(number))
    standing |= (
        {"held"} if any(since <= at for since in books.holds.get(number, {}).values()) else set()
    )
    standing |= {"locked"} if at >= books.locks.get(number, (0, at + 1))[1] else set()
    standing |= {"young"} if at < books.sim(number).since + AGE_OF_SIM else set()
    against = standing & NOT_WHILE[asked.kind]
    books.must(STANDING, holds=not against, seen=f"{seen}: {', '.join(sorted(against))}")
    if asked.kind == "restoration":
        before = {one.holder for one in books.tenures[number][:-1]}
        books.must("only who held it gets it back", holds=asked.taker in before, seen=seen)


def _changes_sim(life: Life, asked: Asked, at: int) -> None:
    if asked.iccid is None:
        return
    books, number = life.books, asked.msisdn
    index = next(i for i in range(life.cast.cards) if card(i).iccid == asked.iccid)
    books.must(
        "a SIM is used once in its life", holds=index in life.cast.fresh_cards, seen=tail(number)
    )
    acts.took_card(life, index)
    books.sim(number).until = at
    books.bindings[number].append(Binding(asked.iccid, str(card(index).imsi), at))
    books.cuts(number).discard("lost")
    if asked.kind == "sim":
        holder = books.holder(number)
        assert holder is not None
        books.fees.setdefault(holder.purse, []).append(asked.id)


def _changes_hands(life: Life, asked: Asked, at: int) -> None:
    books, number = life.books, asked.msisdn
    old = books.tenures[number][-1]
    assert asked.taker is not None
    assert asked.purse is not None
    old.until = at
    books.tenures[number].append(Tenure(asked.taker, at, asked.purse, asked.kind))
    books.ends[asked.purse] = books.ends[old.purse]
    books.locks.pop(number, None)
    # A suspension was about the former holder.
    books.cuts(number).discard("suspended")
    if asked.kind == "restoration":
        books.cuts(number).discard("lost")
