"""The auditor's own purses: plain integers, moved by what was asked and answered.

Written from the published terms and the standards, without the rules of the system.
"""

from tenure.promises.charging.model import Ask
from tenure.promises.tariffs.model import Direction
from tenure.terms.model import Terms
from tenure.values.quantity import Unit
from tests.simulator.prices import Tally, Where

DAY_MS = 86_400_000
SILENT_MS = 2 * DAY_MS
ENDED_KEPT = 6
"""So many ended sessions of a purse are remembered, for a day, to answer repeats alike."""
LATE_MS = 120_000
"""A hold outlives the validity of its grant by so much, for a report that is late."""


class Bucket:
    """Promotional money or an allowance."""

    def __init__(
        self, unit: int, remaining: int, period: tuple[int, int], allowance: str, priority: int
    ) -> None:
        self.unit = unit
        self.remaining = remaining
        self.starts, self.ends = period
        self.allowance = allowance
        self.priority = priority

    def usable(self, at: int) -> bool:
        """Whether it may be spent at the instant."""
        return self.remaining > 0 and self.starts <= at < self.ends

    def facts(self) -> tuple[int, int, int, int, str]:
        """What must stand in the database about it."""
        return (self.unit, self.remaining, self.starts, self.ends, self.allowance)


class Drawn:
    """What one payment took, and from where."""

    def __init__(self) -> None:
        self.funds = 0
        self.owed = 0
        self.buckets: list[tuple[Bucket, int]] = []

    @property
    def money(self) -> int:
        """All money it took."""
        promo = sum(amount for bucket, amount in self.buckets if bucket.unit == Unit.MICROS)
        return self.funds + self.owed + promo


class Metered:
    """One rating group of a session: its tally, and what is held for its grant."""

    def __init__(self, tally: Tally, at: int) -> None:
        self.tally = tally
        self.held_micros = 0
        self.held_units: dict[int, int] = {}
        self.hold_until = at
        self.granted = False
        self.held_at = at

    def release(self) -> None:
        """Hold nothing any more."""
        self.held_micros, self.held_units = 0, {}


class Talk:
    """A live session."""

    def __init__(self, ask: Ask) -> None:
        self.opened_at = self.heard_at = int(ask.at)
        self.groups: dict[tuple[int, int], Metered] = {}


class Account:
    """One subscriber as the auditor sees them."""

    def __init__(self, purse_id: int, offer: str, *, postpaid: bool) -> None:
        self.purse_id = purse_id
        self.offer = offer
        self.postpaid = postpaid
        self.funds = 0
        self.funds_end = 0
        self.owed = 0
        self.limit = 0
        self.buckets: list[Bucket] = []
        self.talks: dict[str, Talk] = {}
        self.ended: list[tuple[str, int]] = []
        self.lost_at: int | None = None
        self.bar_out = False
        self.bar_in = False
        self.suspended = False

    def payable(self, at: int) -> int:
        """All money that can pay at the instant, holds not deducted."""
        funds = self.funds if at < self.funds_end or self.postpaid else 0
        promo = sum(b.remaining for b in self.buckets if b.unit == Unit.MICROS and b.usable(at))
        return funds + promo + self.limit - self.owed

    def held(self, at: int, but: Metered | None = None) -> tuple[int, dict[int, int]]:
        """Money and units (by bucket) that live grants hold, one of them left out."""
        micros, units = 0, dict[int, int]()
        for talk in self.talks.values():
            for metered in talk.groups.values():
                if metered is not but and metered.hold_until > at:
                    micros += metered.held_micros
                    for bucket, count in metered.held_units.items():
                        units[bucket] = units.get(bucket, 0) + count
        return micros, units

    def forget_silent(self, ask: Ask) -> list[str]:
        """Sessions other than this one that said nothing for two days are nobody's any more."""
        silent = [
            key
            for key, talk in self.talks.items()
            if key != ask.key and talk.heard_at + SILENT_MS <= ask.at
        ]
        for key in silent:
            del self.talks[key]
        return silent

    def end(self, ask: Ask) -> list[str]:
        """A session ends and is remembered; which earlier ones are remembered no more."""
        before = [key for key, _ in self.ended]
        recent = [each for each in self.ended if each[1] > ask.at - DAY_MS]
        self.ended = [*recent[-(ENDED_KEPT - 1) :], (ask.key, int(ask.at))]
        kept = {key for key, _ in self.ended}
        return [key for key in before if key not in kept]

    def in_order(self, unit: int, at: int) -> list[Bucket]:
        """The usable buckets of a unit in spending order; older ones first among equals."""
        found = [bucket for bucket in self.buckets if bucket.unit == unit and bucket.usable(at)]
        return sorted(found, key=lambda bucket: (bucket.priority, bucket.ends))

    def covering(self, tally: Tally, at: int) -> list[Bucket]:
        """The allowances that a usage may draw on."""
        unit = {"voice": Unit.SECONDS, "data": Unit.OCTETS}.get(tally.where.service, Unit.MESSAGES)
        if tally.where.service == "content":
            return []
        return [b for b in self.in_order(unit, at) if tally.prices.covers(b.allowance, tally.where)]

    def charge(self, tally: Tally, units: int, at: int, but: Metered | None, now: int) -> Drawn:
        """Charge more units of a usage as far as money goes; ``tally.charged`` has the full due."""
        held_micros, held_units = self.held(now, but)
        buckets = self.covering(tally, at)
        free = [[max(b.remaining - held_units.get(id(b), 0), 0), 0] for b in buckets]
        due = tally.add(units, at, free)
        drawn = self.pay(min(due, max(self.payable(at) - held_micros, 0)), at)
        for bucket, (_, taken) in zip(buckets, free, strict=True):
            if taken:
                bucket.remaining -= taken
                drawn.buckets.append((bucket, taken))
        return drawn

    def pay(self, amount: int, at: int) -> Drawn:
        """Take an amount: promotional money, then funds, then credit."""
        drawn = Drawn()
        for bucket in self.in_order(Unit.MICROS, at):
            part = min(amount, bucket.remaining)
            bucket.remaining -= part
            amount -= part
            drawn.buckets.append((bucket, part))
        drawn.funds = min(amount, self.funds if at < self.funds_end or self.postpaid else 0)
        drawn.owed = amount - drawn.funds
        self.funds -= drawn.funds
        self.owed += drawn.owed
        return drawn

    def give_back(self, drawn: Drawn) -> int:
        """Put back what was drawn, where it came from; how much money that is."""
        off_debt = min(drawn.owed, self.owed)
        self.owed -= off_debt
        self.funds += drawn.funds + drawn.owed - off_debt
        money = drawn.funds + drawn.owed
        for bucket, amount in drawn.buckets:
            if bucket in self.buckets:
                bucket.remaining += amount
                money += amount if bucket.unit == Unit.MICROS else 0
        return money

    def hold(self, metered: Metered, units: int, at: int, until: int) -> int:
        """Hold what a grant of so many units could cost; how much money is held."""
        _, held_units = self.held(at, metered)
        buckets = self.covering(metered.tally, at)
        free = [[max(b.remaining - held_units.get(id(b), 0), 0), 0] for b in buckets]
        metered.held_micros = metered.tally.copy().add(units, at, free)
        pairs = zip(buckets, free, strict=True)
        metered.held_units = {id(bucket): taken for bucket, (_, taken) in pairs if taken}
        metered.hold_until, metered.held_at, metered.granted = until, at, True
        return metered.held_micros

    def blocked(self, direction: Direction, where: Where, terms: Terms, at: int) -> bool:
        """Whether the terms keep this subscriber from using a service now."""
        if where.free:
            return False
        if self.suspended or (self.lost_at is not None and self.lost_at <= at):
            return True
        if self.bar_out if direction is Direction.OUT else self.bar_in:
            return True
        if self.postpaid or at < self.funds_end:
            return False
        both = self.funds_end + terms.lifecycle.outgoing_blocked_days * DAY_MS
        return direction is Direction.OUT or at >= both

    def top_up(self, amount: int, terms: Terms, at: int) -> None:
        """GTC-TOPUP, GTC-RESTORE, GTC-PROMO, GTC-POSTPAID as they are published."""
        if self.postpaid:
            off_debt = min(amount, self.owed)
            self.owed -= off_debt
            self.funds += amount - off_debt
            return
        grace = terms.topups.restore_days * DAY_MS
        if at >= self.funds_end + grace:
            self.funds = 0
        for bucket in self.buckets:
            if bucket.ends <= at - grace:
                bucket.remaining = 0
        self.funds += amount
        days = next(
            each.active_days for each in terms.topups.denominations if each.amount_micros == amount
        )
        end = at + days * DAY_MS
        literal = terms.topups.active_period == "replace"
        self.funds_end = end if literal else max(end, self.funds_end)
        earned = [each for each in terms.promos if amount >= each.from_amount_micros]
        if earned:
            promo = max(earned, key=lambda each: each.from_amount_micros)
            days = terms.topups.promo_days if promo.days is None else promo.days
            bonus = amount * promo.bonus_ppm // 1_000_000
            self.buckets.append(Bucket(Unit.MICROS, bonus, (at, at + days * DAY_MS), "", 0))

    def buy(self, name: str, terms: Terms, at: int) -> int:
        """Buy a bundle; its price."""
        bundle = next(each for each in terms.bundles if each.name == name)
        self.pay(bundle.price_micros, at)
        for each in bundle.allowances:
            unit = Unit[each.unit.upper()]
            period = (at, at + bundle.days * DAY_MS)
            self.buckets.append(Bucket(unit, each.units, period, each.name, each.priority))
        return bundle.price_micros
