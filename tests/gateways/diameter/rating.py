"""A tiny rating in memory: enough of charging to see a gateway at work without a database."""

from collections.abc import Callable

from tenure.promises.charging.model import (
    Answer,
    Ask,
    FinalUnit,
    Granted,
    Refusal,
    Request,
)


class Rating:
    """One unit costs one micro; a purse is a number; sessions are only remembered by key."""

    def __init__(self, *, default_units: int = 1_000_000) -> None:
        self.default_units = default_units
        self.purses: dict[str, int] = {}
        self.open: dict[str, str] = {}
        self.asks: list[Ask] = []
        self.held: list[tuple[Ask, Callable[[Answer], None]]] = []
        self.failing = False
        self.holding = False
        """True: answers wait for ``release``."""

    def submit(self, command: Ask, reply: Callable[[Answer], None]) -> None:
        """Answer at once, or when released."""
        if self.failing:
            raise RuntimeError("on purpose")
        self.asks.append(command)
        if self.holding:
            self.held.append((command, reply))
        else:
            reply(self.answer(command))

    def release(self) -> None:
        """Answer all that was held."""
        self.holding = False
        held, self.held = self.held, []
        for command, reply in held:
            reply(self.answer(command))

    def answer(self, ask: Ask) -> Answer:
        """Charge what was used, grant what is asked as far as money goes."""
        who = ask.msisdn or ask.imsi
        if who not in self.purses:
            return Answer(Refusal.UNKNOWN_SUBSCRIBER, "no line has this number or SIM")
        if ask.request in (Request.UPDATE, Request.TERMINATE) and ask.key not in self.open:
            return Answer(Refusal.UNKNOWN_SESSION, "the session is not open")
        used = sum(group.used.units for group in ask.groups if group.used is not None)
        if ask.request is Request.DEBIT:
            used += sum(group.requested or 0 for group in ask.groups)
        if used > self.purses[who]:
            return Answer(Refusal.CREDIT_EXHAUSTED)
        self.purses[who] -= used
        groups = tuple(self._granted(ask, index) for index in range(len(ask.groups)))
        return self._kept(ask, who, groups, used)

    def _kept(self, ask: Ask, who: str, groups: tuple[Granted, ...], used: int) -> Answer:
        refused = [one.refusal for one in groups if one.refusal is not None]
        if ask.request is Request.TERMINATE:
            del self.open[ask.key]
        elif ask.request is Request.INITIAL:
            if groups and len(refused) == len(groups):
                return Answer(refused[0], "", groups)
            self.open[ask.key] = who
        return Answer(None, "", groups, used, self.purses[who])

    def _granted(self, ask: Ask, index: int) -> Granted:
        group = ask.groups[index]
        who = ask.msisdn or ask.imsi
        if group.requested is None:
            return Granted(group.rating_group, group.service_id, None, None)
        wanted = group.requested or self.default_units
        units = min(wanted, self.purses[who])
        if units == 0:
            refusal = Refusal.CREDIT_EXHAUSTED
            return Granted(group.rating_group, group.service_id, refusal, None)
        final = FinalUnit.TERMINATE if units < wanted else None
        return Granted(group.rating_group, group.service_id, None, units, 3600, units // 5, final)
