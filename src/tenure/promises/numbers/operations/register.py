"""What an auditor may ask: do the tables agree with the record, and who is told if not."""

from collections.abc import Iterable, Sequence
from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Channel, NoticeKind, Telling
from tenure.promises.numbers.model.register import Alarm, Difference, Look, Seen, Wrong
from tenure.promises.numbers.rules import register as rules
from tenure.promises.numbers.store import register as store
from tenure.promises.record import operations as record
from tenure.promises.record import rules as record_rules
from tenure.promises.record.model import Act, Mark, Told, Trust
from tenure.values.instant import DAY_MS, Instant
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused

LOOKS_MAX: Final = 2
"""For so many looks a leaf explains what the tables say although no witness has seen it."""


class Auditor:
    """Replays the record in memory, about 400 octets a number, and compares it with the tables.

    It remembers nothing on disk: a new one begins with the whole record and every row.
    """

    def __init__(self, trust: Trust | None = None) -> None:
        """Nothing was read yet.

        With ``trust`` it learns only what witnesses have cosigned; what waits for them explains
        another holder or SIM for two looks, and not longer.
        """
        self.trust = trust
        self._cosigned: Mark | None = None
        self._looks: dict[int, int] = {}
        self._forget()

    def _forget(self) -> None:
        self.register: rules.Register = {}
        self._mark = Mark()
        self._horizon: int | None = None
        self._lines = 0
        self._of_leaves: set[Difference] = set()
        self._last: Told | None = None

    async def look(self, tx: Transaction, *, whole: bool = False) -> Look:
        """Read what is new of the record, and compare the rows that were written since.

        The first look, one that is asked to be ``whole``, and one after which the counts differ
        replay or compare everything.  Alone in its transaction: all is of one instant.

        Once it has read a leaf it does not believe another one in its place, nor that there was
        none: a database that was exchanged is compared with what was read before.
        """
        await store.at_one_instant(tx)
        horizon = await store.horizon(tx)
        rewritten = await self._is_rewritten(tx)
        if whole and not rewritten and self._last is not None:
            rewritten = await self._differs_from_the_beginning(tx)
        if rewritten:
            return await self._against_memory(tx, horizon)
        await self._believe(tx)
        touched, pending = await self._read(tx)
        unseen = [*pending, *await record.reading.read_waiting(tx, rules.KINDS)]
        waiting = self._in_time(unseen)
        bases = await store.bases(tx, _bases_of(waiting))
        before = dict(self.register) if bases else self._of(waiting)
        found = set(rules.replay(self.register, waiting, bases))
        if self._horizon is None:
            rows, everything = await store.rows(tx), True
        else:
            numbers = {*touched, *before, *await store.written_since(tx, self._horizon)}
            numbers |= {one.difference.msisdn for one in await store.open_alarms(tx)}
            numbers |= {one.about.get("msisdn", "") for one in unseen}
            rows, everything = await store.rows_of(tx, sorted(numbers)), False
        # What was deleted is written nowhere; it is missing from a count.
        held, bound, lines = await store.counts(tx)
        if not everything and (
            held != len(self.register) or bound != len(self.register) or lines < self._lines
        ):
            rows, everything = await store.rows(tx), True
        found.update(rules.compared(self.register, rows))
        if everything:
            found.update(rules.missing(self.register, rows))
        self._undo(waiting, before)
        self._lines = lines
        self._horizon = horizon
        differences = sorted(found | self._of_leaves, key=lambda one: (one.msisdn, one.wrong.name))
        return Look(self._mark, horizon, held, tuple(differences), everything)

    async def _is_rewritten(self, tx: Transaction) -> bool:
        """Whether the leaf that was read last is not there any more as it was."""
        if self._last is None:
            return False
        before = Mark(self._mark.log_id, self._mark.index - 1)
        there = await record.reading.read(tx, before, rules.KINDS, 1)
        return there != [self._last]

    async def _differs_from_the_beginning(self, tx: Transaction) -> bool:
        """Read everything again; whether it leads to another register than what was read then."""
        await self._read(tx)
        before, last = self.register, self._last
        mark, lines = self._mark, self._lines
        self._forget()
        await self._read(tx)
        self._lines = lines
        if last is None or self.register == before:
            return False
        self.register, self._last, self._mark = before, last, mark
        return True

    async def _against_memory(self, tx: Transaction, horizon: int) -> Look:
        """The record is another one: every row against the register as it was read before."""
        rows = await store.rows(tx)
        found = {*rules.compared(self.register, rows), *rules.missing(self.register, rows)}
        found.add(Difference("", Wrong.RECORD_REWRITTEN))
        self._horizon = None
        differences = sorted(found, key=lambda one: (one.msisdn, one.wrong.name))
        return Look(self._mark, horizon, len(rows), tuple(differences), whole=True)

    async def _believe(self, tx: Transaction) -> None:
        """How far the witnesses whom we trust have seen the log; others' words do not count."""
        if self.trust is None:
            return
        log, newest = await record.log.current(tx), await record.log.latest(tx)
        if log is None or newest is None:
            return
        believed = record_rules.believe(newest.note, self.trust)
        # What the row says beside the note is nobody's word.
        if not isinstance(believed, Refused) and believed[0].origin == log.origin:
            self._cosigned = Mark(log.log_id, believed[0].size)

    async def _read(self, tx: Transaction) -> tuple[set[str], list[Told]]:
        """Replay what was not read yet; the numbers it is about, and what no witness has seen."""
        touched: set[str] = set()
        while leaves := await record.reading.read(tx, self._mark, rules.KINDS):
            seen = [one for one in leaves if self.trust is None or self._is_cosigned(one)]
            if seen:
                bases = await store.bases(tx, _bases_of(seen))
                self._of_leaves.update(rules.replay(self.register, seen, bases))
                touched.update(one.about["msisdn"] for one in seen if "msisdn" in one.about)
                self._mark, self._last = seen[-1].mark, seen[-1]
            if len(seen) < len(leaves):
                return touched, leaves[len(seen) :]
            if len(leaves) < record.reading.PAGE:
                break
        return touched, []

    def _is_cosigned(self, told: Told) -> bool:
        return self._cosigned is not None and told.mark < self._cosigned

    def _in_time(self, waiting: list[Told]) -> list[Told]:
        """What waits for its witnesses, without what has waited for too long to be believed."""
        if self.trust is None:
            return waiting
        self._looks = {one.leaf_seq: self._looks.get(one.leaf_seq, 0) + 1 for one in waiting}
        return [
            one
            for one in waiting
            if one.kind not in rules.CHANGES or self._looks[one.leaf_seq] <= LOOKS_MAX
        ]

    def _of(self, leaves: Iterable[Told]) -> rules.Register:
        """What the register says now of the numbers that these leaves are about."""
        msisdns = {one.about["msisdn"] for one in leaves if "msisdn" in one.about}
        return {number: self.register[number] for number in msisdns & self.register.keys()}

    def _undo(self, waiting: Sequence[Told], before: rules.Register) -> None:
        """A leaf that waits for its place is read again when it has one."""
        if any(one.kind == rules.TAKEN_OVER for one in waiting):
            self.register = before
            return
        for one in waiting:
            self.register.pop(one.about.get("msisdn", ""), None)
        self.register.update(before)

    def compare_everything(self) -> None:
        """The next look compares every row: it may be another database by then."""
        self._horizon = None

    def holder_id(self, msisdn: str) -> int | None:
        """Who holds a number by the record."""
        kept = self.register.get(msisdn)
        return None if kept is None else kept.holder_id


def _bases_of(leaves: Iterable[Told]) -> list[int]:
    return [one.leaf_seq for one in leaves if one.kind == rules.TAKEN_OVER]


async def tell(tx: Transaction, auditor: Auditor, look: Look, act: Act) -> tuple[int, int]:
    """Raise what is new, end what is over; how many of each.

    Each alarm is a leaf and a notice to the number, which the network still serves for the holder
    on record.  Told twice, or by two auditors, it is one alarm.
    """
    known = await store.open_alarms(tx)
    there = set(look.differences)
    new = [one for one in look.differences if one not in {alarm.difference for alarm in known}]
    over = [
        alarm
        for alarm in known
        if alarm.difference not in there
        # What the store refused is over at once, and is looked at later.
        and (alarm.difference.wrong is not Wrong.STORE_REFUSED or alarm.found_at + DAY_MS <= act.at)
    ]
    for difference in new:
        said = {"wrong": difference.wrong.name}
        leaf_seq = await record.append(
            tx, act, "numbers.alarm", said, {"msisdn": difference.msisdn}
        )
        await store.raise_alarm(tx, difference, leaf_seq, act.at)
        await _tell_holder(tx, auditor, difference, act.at)
    for alarm in over:
        about = {"msisdn": alarm.difference.msisdn}
        said = {"wrong": alarm.difference.wrong.name}
        await record.append(tx, act, "numbers.alarm_ended", said, about)
    await store.end_alarms(tx, [alarm.alarm_id for alarm in over], act.at)
    return len(new), len(over)


async def _tell_holder(
    tx: Transaction, auditor: Auditor, difference: Difference, at: Instant
) -> None:
    if not difference.msisdn:
        return
    person_id = auditor.holder_id(difference.msisdn)
    telling = Telling(
        msisdn=Msisdn(difference.msisdn),
        person_id=person_id,
        language=await store.language(tx, difference.msisdn, person_id),
        kind=NoticeKind.SECURITY_ATTEMPT,
        facts={"wrong": difference.wrong.name},
        at=at,
        channel=Channel.NETWORK,
    )
    await notices.tell(tx, [telling])


async def alarms(tx: Transaction, limit: int = 50) -> list[Alarm]:
    """The newest alarms, newest first."""
    return await store.alarms(tx, limit)


async def alarms_open(tx: Transaction) -> list[Alarm]:
    """The alarms that have not ended."""
    return await store.open_alarms(tx)


async def seen(tx: Transaction, msisdns: Sequence[str]) -> list[Seen]:
    """What the tables say of these numbers."""
    return await store.rows_of(tx, msisdns)
