"""What an auditor may ask: do the tables agree with the record, and who is told if not."""

from collections.abc import Iterable, Sequence

from tenure.postgres.transaction import Transaction
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Channel, NoticeKind, Telling
from tenure.promises.numbers.model.register import Alarm, Difference, Look, Seen, Wrong
from tenure.promises.numbers.rules import register as rules
from tenure.promises.numbers.store import register as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Mark, Told
from tenure.values.instant import DAY_MS, Instant
from tenure.values.msisdn import Msisdn


class Auditor:
    """Replays the record in memory, about 400 octets a number, and compares it with the tables.

    It remembers nothing on disk: a new one begins with the whole record and every row.
    """

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._forget()

    def _forget(self) -> None:
        self.register: rules.Register = {}
        self._mark = Mark()
        self._horizon: int | None = None
        self._lines = 0
        self._of_leaves: set[Difference] = set()

    async def look(self, tx: Transaction, *, whole: bool = False) -> Look:
        """Read what is new of the record, and compare the rows that were written since.

        The first look, one that is asked to be ``whole``, and one after which the counts differ
        replay or compare everything.  Alone in its transaction: all is of one instant.
        """
        await store.at_one_instant(tx)
        if whole:
            self._forget()
        horizon = await store.horizon(tx)
        touched = await self._read(tx)
        waiting = await record.reading.read_waiting(tx, rules.KINDS)
        bases = await store.bases(tx, _bases_of(waiting))
        before = dict(self.register) if bases else self._of(waiting)
        found = set(rules.replay(self.register, waiting, bases))
        if self._horizon is None:
            rows, everything = await store.rows(tx), True
        else:
            numbers = {*touched, *before, *await store.written_since(tx, self._horizon)}
            numbers |= {one.difference.msisdn for one in await store.open_alarms(tx)}
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

    async def _read(self, tx: Transaction) -> set[str]:
        """Replay what has a place and was not read; the numbers it is about."""
        touched: set[str] = set()
        while leaves := await record.reading.read(tx, self._mark, rules.KINDS):
            bases = await store.bases(tx, _bases_of(leaves))
            self._of_leaves.update(rules.replay(self.register, leaves, bases))
            touched.update(one.about["msisdn"] for one in leaves if "msisdn" in one.about)
            self._mark = leaves[-1].mark
            if len(leaves) < record.reading.PAGE:
                break
        return touched

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
