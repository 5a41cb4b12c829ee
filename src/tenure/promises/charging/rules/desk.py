"""One request's groups at the desk: first all used units are charged, then grants given."""

from typing import Final

import msgspec

from tenure.promises.charging.model import (
    Ask,
    Case,
    Granted,
    GroupAsk,
    Meter,
    Refusal,
    Request,
    Used,
)
from tenure.promises.charging.rules.admission import admitted, barred
from tenure.promises.charging.rules.metering import (
    ACCOUNT,
    Bill,
    Held,
    Till,
    bill,
    entry,
    open_meter,
)
from tenure.promises.charging.rules.reserving import reserve
from tenure.promises.money.model import Entry, EntryKind, Purse
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import Service
from tenure.values.instant import Instant
from tenure.values.refused import Refused

VOICE: Final = Service.VOICE
TERMINATE: Final = Request.TERMINATE
USAGE: Final = EntryKind.USAGE


class Desk:
    """The working state of one request: what its groups have changed so far."""

    __slots__ = ("ask", "case", "entries", "granted", "meters", "purse", "spent_micros", "till")

    def __init__(
        self, book: tariffs.Book, case: Case, ask: Ask, meters: tuple[Meter, ...], held: Held
    ) -> None:
        """``held`` is what other sessions hold; the live holds of ``meters`` are added here."""
        self.ask = ask
        self.case = case
        self.purse: Purse = case.purse
        self.meters = {(meter.rating_group, meter.service_id): meter for meter in meters}
        for meter in meters:
            if meter.hold_until > ask.at:
                held.add(meter)
        self.till = Till(book, case.line.offer, held)
        self.entries: list[Entry] = []
        self.granted: list[Granted] = []
        self.spent_micros = 0

    def serve(
        self, *, opened_at: Instant, last_at: Instant, granting: bool
    ) -> list[Refused[Refusal]]:
        """Charge and, when ``granting``, grant all groups; what was refused and why.

        ``last_at`` is the last report before this one: usage is spread evenly since then when the
        line was lost in between.
        """
        charged = [self._charge(group, opened_at, last_at) for group in self.ask.groups]
        refusals: list[Refused[Refusal]] = []
        for group, problem in zip(self.ask.groups, charged, strict=True):
            refused = problem
            if granting and problem is None and group.requested is not None:
                refused = self._grant(group, group.requested)
                if refused is None:
                    continue
            if refused is not None:
                refusals.append(refused)
            why = None if refused is None else refused.refusal
            self.granted.append(Granted(group.rating_group, group.service_id, why, None))
        return refusals

    def _charge(
        self, group: GroupAsk, opened_at: Instant, last_at: Instant
    ) -> Refused[Refusal] | None:
        ask = self.ask
        identity = (group.rating_group, group.service_id)
        meter = self.meters.get(identity)
        if meter is None:
            route = admitted(self.till.book, self.case.line, self.purse, ask, group.rating_group)
            if isinstance(route, Refused):
                return route
            since = opened_at if ask.service is VOICE else ask.at
            meter = open_meter(group.rating_group, group.service_id, route, since)
            self.meters[identity] = meter
        elif meter.hold_until > ask.at:
            self.till.held.release(meter)
        if group.used is not None and group.used.units:
            return self._charge_used(meter, group.used, last_at)
        self._keep_nothing_held(meter)
        return None

    def _keep_nothing_held(self, meter: Meter) -> None:
        if meter.hold_micros or meter.hold_units:
            identity = (meter.rating_group, meter.service_id)
            self.meters[identity] = msgspec.structs.replace(meter, hold_micros=0, hold_units=())

    def _charge_used(self, meter: Meter, used: Used, last_at: Instant) -> Refused[Refusal] | None:
        """Bill used units: what came after a tariff change apart, and nothing after a loss."""
        ask = self.ask
        chargeable = before_loss(used.units, last_at, ask.at, self.case.line.lost_at)
        # A volume is priced as it was when it was granted, unless the peer tells what came after.
        granted_at = meter.held_at if meter.granted_units else ask.at
        before = used.before_change
        parts = [(chargeable, granted_at)]
        if 0 < before < chargeable and meter.route.service is not VOICE:
            parts = [(before, granted_at), (chargeable - before, ask.at)]
        for units, priced_at in parts:
            billed = bill(self.till, self.purse, meter, units, priced_at, ask.at)
            if isinstance(billed, Refused):
                self._keep_nothing_held(meter)
                return billed
            self.purse, meter, cost = billed
            self._book(cost, uncharged=used.units - chargeable)
        self.meters[meter.rating_group, meter.service_id] = meter
        return None

    def _book(self, cost: Bill, *, uncharged: int) -> None:
        """Append the entry of a bill; a report within what is paid already moves nothing."""
        self.spent_micros += cost.due_micros - cost.overrun_micros
        if uncharged:
            told = msgspec.structs.replace(cost.explanation, uncharged=uncharged)
            cost = msgspec.structs.replace(cost, explanation=told)
        elif not (cost.due_micros or cost.explanation.covered):
            return
        self._append(cost)

    def _append(self, cost: Bill) -> None:
        ask = self.ask
        self.purse, booked = entry(
            self.purse,
            cost,
            kind=USAGE,
            account=ACCOUNT[ask.service],
            ask=ask,
        )
        self.entries.append(booked)

    def mention_free_use(self) -> None:
        """At the end of a session, use that never cost anything is written down once."""
        for meter in self.meters.values():
            if meter.used_units and not meter.charged_micros and self._is_free(meter):
                free = bill(self.till, self.purse, meter, 0, self.ask.at, self.ask.at)
                if not isinstance(free, Refused):
                    self._append(free[2])

    def _is_free(self, meter: Meter) -> bool:
        """Whether it has no price; what an allowance covered was written down when used."""
        force = tariffs.in_force(self.till.book, self.till.offer, meter.route.key, self.ask.at)
        return not isinstance(force, Refused) and not any(
            step.price_micros for step in force.rate.steps
        )

    def _grant(self, group: GroupAsk, requested: int) -> Refused[Refusal] | None:
        ask = self.ask
        identity = (group.rating_group, group.service_id)
        meter = self.meters[identity]
        if not meter.route.always:
            lifecycle, route = self.till.book.terms.lifecycle, meter.route
            bar = barred(
                self.case.line,
                self.purse.funds_end,
                lifecycle,
                route.service,
                route.direction,
                ask.at,
            )
            if bar is not None:
                return Refused(bar)
        if meter.hold_micros or meter.hold_units:
            # A peer named this group twice in one request: the second grant replaces the first.
            self.till.held.release(meter)
        meter, granted = reserve(self.till, self.purse, meter, requested, ask.at)
        self.meters[identity] = meter
        self.till.held.add(meter)
        if granted.refusal is not None:
            return Refused(granted.refusal)
        self.granted.append(granted)
        return None


def before_loss(units: int, last_at: Instant, at: Instant, lost_at: Instant | None) -> int:
    """The units used before the line was reported lost, in proportion of time (GTC-LOST)."""
    if lost_at is None or lost_at >= at:
        return units
    if lost_at <= last_at:
        return 0
    return units * (lost_at - last_at) // (at - last_at)


def grants(ask: Ask, *, late: bool) -> bool:
    """Whether a request is given new units: not the last one, and not one that comes late."""
    return ask.request is not TERMINATE and not late
