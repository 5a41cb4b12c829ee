"""The laws of holding: who holds what on which SIM is what was acknowledged, at every instant."""

from collections.abc import Callable, Sequence
from typing import Any

from tests.simulator.years.books import Books, tail
from tests.simulator.years.life import Life

Rows = Callable[[str], Sequence[tuple[Any, ...]]]
MS = "round(extract(epoch FROM {}) * 1000)::bigint"
TENURES = f"""
SELECT msisdn, holder_id, {MS.format("lower(during)")}, {MS.format("upper(during)")}, purse_id,
       opened_as FROM numbers.tenure ORDER BY msisdn, lower(during)
"""  # noqa: S608 -- of this file
BINDINGS = f"""
SELECT b.msisdn, b.iccid, b.imsi, {MS.format("lower(b.during)")}, {MS.format("upper(b.during)")},
       {MS.format("s.died_at")}
FROM numbers.binding b JOIN numbers.sim s USING (iccid) ORDER BY b.msisdn, lower(b.during)
"""  # noqa: S608 -- of this file
LINES = """
SELECT msisdn, imsi, purse_id, lost_at IS NOT NULL, suspended, bar_outgoing, bar_incoming
FROM numbers.line
"""
RECYCLED = f"""
SELECT msisdn, {MS.format("at")}, purse_id FROM numbers.recycled
"""  # noqa: S608 -- of this file
LOCKS = "SELECT msisdn, person_id FROM numbers.lock WHERE until IS NULL"
LOCKS_EVER = "SELECT msisdn, count(*) FROM numbers.lock GROUP BY msisdn"
HOLDS = "SELECT msisdn, reference FROM numbers.hold WHERE until IS NULL"
REQUESTS = f"""
SELECT request_id::text, kind, msisdn, body, outcome, {MS.format("ended_at")}
FROM numbers.request
"""  # noqa: S608 -- of this file


def audit(life: Life, rows: Rows) -> None:
    """All of them."""
    books = life.books
    tenures = rows(TENURES)
    _never_two(books, tenures)
    told = {
        (number, one.holder, one.since, one.until, one.purse, one.how)
        for number, held in books.tenures.items()
        for one in held
    }
    _same(books, "who holds a number is who was told so", set(tenures), told)
    _sims(books, rows(BINDINGS))
    _lines(books, rows(LINES))
    gone = {(n, at, purse) for n, times in books.recycled.items() for at, purse in times}
    _same(books, "what was recycled is what was told so", set(rows(RECYCLED)), gone)
    locks = {(number, person) for number, (person, _) in books.locks.items()}
    _same(books, "a lock is there until its holder lifts it", set(rows(LOCKS)), locks)
    ever = {(number, count) for number, count in books.locked.items() if count}
    _same(books, "a lock is set once", set(rows(LOCKS_EVER)), ever)
    holds = {(number, case) for number, cases in books.holds.items() for case in cases}
    _same(books, "a hold is there until it is released", set(rows(HOLDS)), holds)
    _requests(books, rows(REQUESTS))


def _same(books: Books, law: str, there: set[Any], told: set[Any]) -> None:
    surplus, missing = there - told, told - there
    some = sorted(map(str, (surplus or missing)))[:2]
    words = f"{len(surplus)} too many, {len(missing)} missing"
    numbers = ", ".join(f"…{one[7:12]}{one[14:]}" for one in some)
    books.must(law, holds=not surplus and not missing, seen=f"{words}: {numbers}")


def _never_two(books: Books, tenures: Sequence[tuple[Any, ...]]) -> None:
    last: dict[str, int | None] = {}
    for number, _, since, until, *_ in tenures:
        before = last.get(number, 0)
        books.must(
            "never two holders at an instant", holds=before is not None and before <= since,
            seen=tail(number),
        )  # fmt: skip
        last[number] = until


def _sims(books: Books, bindings: Sequence[tuple[Any, ...]]) -> None:
    there = {tuple(row[:5]) for row in bindings}
    told = {
        (number, one.iccid, one.imsi, one.since, one.until)
        for number, bound in books.bindings.items()
        for one in bound
    }
    _same(books, "a number is on the SIM that was told", there, told)
    cards = [row[1] for row in bindings]
    books.must("a SIM is used once in its life", holds=len(cards) == len(set(cards)))
    for number, _, _, _, until, died_at in bindings:
        books.must("an old SIM never serves again", holds=died_at == until, seen=tail(number))


def _lines(books: Books, lines: Sequence[tuple[Any, ...]]) -> None:
    there = {row[0] for row in lines}
    _same(books, "who holds a number is served on it", there, set(books.held()))
    for number, imsi, purse, lost, suspended, out, into in lines:
        holder = books.holder(number)
        if holder is None:
            continue
        books.must(
            "an old SIM never serves again", holds=imsi == books.sim(number).imsi,
            seen=tail(number),
        )  # fmt: skip
        books.must(
            "nothing of the former holder reaches the next", holds=purse == holder.purse,
            seen=tail(number),
        )  # fmt: skip
        found = {("lost", lost), ("suspended", suspended), ("barred-out", out), ("barred-in", into)}
        cuts = {name for name, on in found if on}
        books.must(
            "a line is cut as it was told", holds=cuts == books.cuts(number),
            seen=f"{tail(number)}: {cuts} and not {books.cuts(number)}",
        )  # fmt: skip


def _requests(books: Books, rows: Sequence[tuple[Any, ...]]) -> None:
    there = {row[0] for row in rows}
    _same(books, "what was asked is what is kept", there, set(books.requests))
    for request_id, kind, number, body, outcome, ended_at in rows:
        asked = books.requests.get(request_id)
        if asked is None:
            continue
        ended = None if outcome is None else (outcome, ended_at)
        books.must(
            "a request ended as it was told", holds=ended == asked.ended,
            seen=f"{kind} of {tail(number)}: {ended} and not {asked.ended}",
        )  # fmt: skip
        books.must("what everybody signs is what was asked", holds=body == asked.body(), seen=kind)
