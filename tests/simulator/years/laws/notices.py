"""The laws of notices: what was promised was told, once, and has left or was rightly dropped."""

from collections import Counter

from tests.simulator.years.laws.holding import MS, Rows
from tests.simulator.years.life import Life

NEW = """
SELECT notice_id, msisdn, person_id, kind, {at} FROM notices.notice
WHERE notice_id > {after} ORDER BY notice_id
"""
SENT = """
SELECT count(*), count(sent_at), count(dropped_at) FILTER (WHERE sent_at IS NULL),
       (SELECT count(*) FROM notices.due
        WHERE tries = 0 AND due_at >= to_timestamp({posted} / 1000.0))
FROM notices.notice
"""
DROPPED = """
SELECT notice_id, msisdn, person_id, dropped FROM notices.notice
WHERE dropped_at IS NOT NULL AND notice_id > {after}
"""
COUNTED = frozenset(
    {
        "transfer.asked", "transfer.consented", "transfer.approved", "transfer.stopped",
        "transfer.effected", "sim.asked", "sim.old", "sim.replaced", "lock.set", "lock.lifting",
        "lock.lifted", "lifecycle.recycled", "access.suspended",
    }
)  # fmt: skip
"""Kinds of which exactly as many are told as there were occasions."""


class Read:
    """How far notices were read, and what they told."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.after = 0
        self.told: Counter[tuple[str, int, str, int]] = Counter()


def audit(life: Life, rows: Rows, read: Read) -> None:
    """Read what is new; then compare all that was told with all that had to be."""
    books, before = life.books, read.after
    for notice_id, number, person, kind, at in rows(
        NEW.format(at=MS.format("at"), after=read.after)
    ):
        read.after = max(read.after, notice_id)
        read.told[number, person or 0, kind, at] += 1
    missing = books.told - read.told
    surplus = [one for one in read.told - books.told if one[2] in COUNTED]
    some = [(number[-4:], person, kind, at) for number, person, kind, at in list(missing)[:2]]
    books.must("what must be told is told", holds=not missing, seen=str(some))
    some = [(number[-4:], person, kind, at) for number, person, kind, at in surplus[:2]]
    books.must("what is told is told once", holds=not surplus, seen=str(some))
    # What is told after the messages of a run, or by a later clock, waits for the next run.
    [(there, sent, dropped, later)] = rows(SENT.format(posted=books.posted_at))
    books.must(
        "what was told has left, or was dropped", holds=there == sent + dropped + later,
        seen=f"{there - sent - dropped - later} wait",
    )  # fmt: skip
    books.must(
        "what left is what the spool was given", holds=sent == len(books.sent),
        seen=f"{sent} and not {len(books.sent)}",
    )  # fmt: skip
    for _, number, person, why in rows(DROPPED.format(after=before)):
        holder = books.holder(number)
        if why == "changed hands":
            books.must(
                "no notice is kept from whom it is for",
                holds=any(one.until for one in books.tenures.get(number, ()))
                and (holder is None or holder.holder != person or len(books.tenures[number]) > 1),
            )
