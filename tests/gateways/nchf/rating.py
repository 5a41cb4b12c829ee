"""A purse in memory that answers asks as charging does, as far as a gateway can tell."""

import asyncio

import msgspec

from tenure.promises.charging.model import (
    Answer,
    Ask,
    FinalUnit,
    Granted,
    GroupAsk,
    Refusal,
    Request,
    Used,
)

IMSI = "456061234567890"
MSISDN = "85512345678"
DEFAULT_UNITS = 1_000


class Rating:
    """One subscriber, one price of one millionth a unit, and every number answered once."""

    def __init__(self, funds_micros: int = 10_000) -> None:
        self.funds_micros = funds_micros
        self.asks: list[Ask] = []
        self.asked = asyncio.Event()
        self.sessions: dict[str, dict[int, tuple[bytes, Answer]]] = {}
        self.ended: set[str] = set()
        self.charged: dict[str, int] = {}
        self.refuse: Refusal | None = None
        self.broken = False
        self.pause_seconds = 0.0
        self.final = FinalUnit.TERMINATE

    async def ask(self, command: Ask, /) -> Answer:
        """As ``Lanes.ask``."""
        self.asks.append(command)
        self.asked.set()
        if self.pause_seconds:
            await asyncio.sleep(self.pause_seconds)
        if self.broken:
            raise RuntimeError(f"a secret of {command.imsi}{command.msisdn}")
        if self.refuse is not None:
            return Answer(refusal=self.refuse, detail="as the test wants it")
        if IMSI not in command.imsi and MSISDN not in command.msisdn:
            return Answer(refusal=Refusal.UNKNOWN_SUBSCRIBER)
        if any((group.requested or 0) > 1 << 50 for group in command.groups):
            return Answer(refusal=Refusal.INVALID_UNITS, detail="units must be between 0 and 2^50")
        return self._once(command)

    def _once(self, ask: Ask) -> Answer:
        answered = self.sessions.get(ask.key)
        digest = msgspec.msgpack.encode((ask.request, ask.groups, ask.other_party, ask.used_at))
        if answered is not None and ask.number in answered:
            known, answer = answered[ask.number]
            return answer if known == digest else Answer(refusal=Refusal.KEY_REUSED)
        problem = self._out_of_place(ask, answered)
        if problem is not None:
            return Answer(refusal=problem)
        answer = self._served(ask)
        if answer.refusal is None:
            self.sessions.setdefault(ask.key, {})[ask.number] = (digest, answer)
            if ask.request is Request.TERMINATE:
                self.ended.add(ask.key)
        return answer

    def _out_of_place(
        self, ask: Ask, answered: dict[int, tuple[bytes, Answer]] | None
    ) -> Refusal | None:
        if ask.request in {Request.UPDATE, Request.TERMINATE}:
            if answered is None or ask.key in self.ended:
                return Refusal.UNKNOWN_SESSION
            return Refusal.OUT_OF_ORDER if ask.number < max(answered) else None
        if ask.request is Request.INITIAL and answered is not None:
            return Refusal.SESSION_EXISTS
        if ask.request is Request.DEBIT and not any(g.requested or g.used for g in ask.groups):
            return Refusal.NOTHING_ASKED
        return None

    def _served(self, ask: Ask) -> Answer:
        spent = 0
        for group in ask.groups:
            units = (group.used or Used(0)).units
            if ask.request is Request.DEBIT:
                units = units or group.requested or 0
            spent += min(units, self.funds_micros)
            self.funds_micros -= min(units, self.funds_micros)
        self.charged[ask.key] = self.charged.get(ask.key, 0) + spent
        granted = tuple(self._granted(ask, group) for group in ask.groups)
        if granted and all(group.refusal is not None for group in granted) and not spent:
            return Answer(refusal=granted[0].refusal, groups=granted)
        return Answer(refusal=None, groups=granted, cost_micros=spent)

    def _granted(self, ask: Ask, group: GroupAsk) -> Granted:
        if ask.request is Request.DEBIT:
            return Granted(group.rating_group, group.service_id, None, group.requested)
        if group.requested is None or ask.request is Request.TERMINATE:
            return Granted(group.rating_group, group.service_id, None, None)
        want = group.requested or DEFAULT_UNITS
        units = min(want, self.funds_micros)
        if not units:
            return Granted(group.rating_group, group.service_id, Refusal.CREDIT_EXHAUSTED, None)
        return Granted(
            group.rating_group,
            group.service_id,
            None,
            units,
            validity_seconds=600,
            threshold_units=units // 5,
            final=self.final if units < want else None,
        )
