"""What people and networks ask: calls, data, messages; twice, late, wrong and at the edge."""

from random import Random

import msgspec

from tenure.promises.charging.model import Answer, Ask, GroupAsk, Request, Used
from tenure.promises.tariffs.model import Direction, Service
from tenure.values.instant import DAY_MS, MINUTE_MS, SECOND_MS, Instant
from tests.simulator.world import Person, World

PARTIES = (
    "85510555001", "85598000001", "85512000001", "66812345678", "819012345678", "8816123456",
    "1800", "888", "117", "999999999999999",
)  # fmt: skip
NETWORKS = ("", "", "", "", "45601", "52001", "44010", "20801", "99999")
GROUPS = ((0,), (100,), (100, 300), (300, 900), (100, 4242))
PAST_KEPT = 120
SESSIONS_MAX = 3
"""Live sessions of one person in this workload; the edge at 32 has a test of its own."""


class Session(msgspec.Struct):
    """A session as the network element sees it."""

    person: Person
    first: Ask
    number: int
    granted: dict[int, int]
    waiting: bool = False
    """An answer is outstanding: the network sends nothing further before it."""


class Workload:
    """Asks, drawn from one seed.  ``heard`` tells it the answers, which steer what comes next."""

    def __init__(self, world: World, rng: Random) -> None:
        self.world = world
        self.rng = rng
        self.sessions: dict[str, Session] = {}
        self.past: list[Ask] = []
        self.late: list[Ask] = []
        self.debits: list[Ask] = []
        self.count = 0

    def some(self, at: Instant) -> list[Ask]:
        """A burst of asks that arrive together, in their order."""
        burst = [self._one(at) for _ in range(self.rng.choice((1, 1, 2, 3, 5, 12)))]
        asks = [ask for ask in burst if ask is not None]
        if asks and self.rng.random() < 0.15:
            asks.append(msgspec.structs.replace(self.rng.choice(asks), at=at))
        for ask in asks:
            if len(self.past) < PAST_KEPT:
                self.past.append(ask)
            else:
                self.past[self.rng.randrange(PAST_KEPT)] = ask
        return asks

    def endings(self, at: Instant) -> list[Ask]:
        """A termination for every session that is open."""
        asks = []
        for key, session in list(self.sessions.items()):
            asks.append(self._next(session, Request.TERMINATE, at))
            del self.sessions[key]
        return asks

    def heard(self, ask: Ask, answer: Answer) -> None:
        """An answer reached the network."""
        session = self.sessions.get(ask.key)
        if session is not None:
            session.waiting = False
            never_was = answer.refusal is not None and ask.request is Request.INITIAL
            if never_was or ask.request is Request.TERMINATE:
                del self.sessions[ask.key]
            else:
                session.granted = {
                    each.rating_group: each.units or 0
                    for each in answer.groups
                    if each.refusal is None
                }
        if ask.request is Request.DEBIT and answer.refusal is None and not answer.repeated:
            self.debits = [*self.debits[-40:], ask]

    def _one(self, at: Instant) -> Ask | None:
        kinds = {
            self._open: 16, self._continue: 46, self._end: 10, self._event: 10, self._offline: 8,
            self._refund: 4, self._again: 8, self._changed: 3, self._late: 4, self._look: 8,
            self._stranger: 1,
        }  # fmt: skip
        return self.rng.choices(list(kinds), weights=list(kinds.values()))[0](at)

    def _named(self, ask: Ask, person: Person) -> Ask:
        """The ask, for a person named by their number or by their SIM."""
        if self.rng.random() < 0.1:
            return msgspec.structs.replace(ask, imsi=person.imsi)
        return msgspec.structs.replace(ask, msisdn=person.msisdn)

    def _key(self) -> str:
        self.count += 1
        return f"k{self.count}"

    def _units(self, service: Service) -> int:
        match service:
            case Service.VOICE:
                return self.rng.choice((1, 59, 60, 61, 180, 599, 600, 601, 2_000))
            case Service.DATA:
                return self.rng.choice((1, 1_023, 1_024, 1_025, 500_000, 5_000_000, 104_857_600))
            case Service.CONTENT:
                return self.rng.choice((1, 10_000, 990_000, 1_999_999))
            case Service.SMS | Service.MMS:
                return self.rng.choice((1, 1, 1, 2, 3))

    def _open(self, at: Instant) -> Ask | None:
        person = self.rng.choice(self.world.people)
        mine = [session for session in self.sessions.values() if session.person is person]
        if len(mine) >= SESSIONS_MAX:
            return self._continue(at)
        service = self.rng.choices(
            (Service.VOICE, Service.DATA, Service.SMS, Service.CONTENT), weights=(5, 5, 1, 1)
        )[0]
        groups = self.rng.choice(GROUPS) if service is Service.DATA else (0,)
        requested = self.rng.choice((0, 0, self._units(service)))
        ask = Ask(
            request=Request.INITIAL,
            key=self._key(),
            number=self.rng.choice((0, 0, 0, 1)),
            at=at,
            service=service,
            direction=self._direction(service),
            other_party="" if service in (Service.DATA, Service.CONTENT) else self._party(),
            visited_plmn=self._network(service),
            groups=tuple(GroupAsk(group, requested=requested) for group in groups),
            peer="pgw",
        )
        ask = self._named(ask, person)
        self.sessions[ask.key] = Session(person, ask, ask.number, {}, waiting=True)
        return ask

    def _direction(self, service: Service) -> Direction:
        if service in (Service.DATA, Service.CONTENT):
            return Direction.OUT
        return self.rng.choice((Direction.OUT, Direction.OUT, Direction.OUT, Direction.IN))

    def _party(self) -> str:
        return self.rng.choice(PARTIES)

    def _network(self, service: Service) -> str:
        return "" if service is Service.CONTENT else self.rng.choice(NETWORKS)

    def _ready(self) -> str | None:
        ready = [key for key, session in self.sessions.items() if not session.waiting]
        return self.rng.choice(ready) if ready else None

    def _continue(self, at: Instant) -> Ask | None:
        key = self._ready()
        if key is None:
            return None
        session = self.sessions[key]
        if self.rng.random() < 0.06:
            # The network sends this one, but another overtakes it on the way.
            self.late.append(self._next(session, Request.UPDATE, at))
        session.waiting = True
        return self._next(session, Request.UPDATE, at)

    def _end(self, at: Instant) -> Ask | None:
        key = self._ready()
        if key is None:
            return None
        self.sessions[key].waiting = True
        return self._next(self.sessions[key], Request.TERMINATE, at)

    def _next(self, session: Session, request: Request, at: Instant) -> Ask:
        session.number += 1
        first = session.first
        groups = []
        for group in first.groups:
            granted = session.granted.get(group.rating_group, 0)
            used = self.rng.choice((0, 1, granted // 2, max(granted - 1, 0), granted, granted))
            if self.rng.random() < 0.08:
                used = granted + self._units(first.service)
            asks_more = request is not Request.TERMINATE and self.rng.random() < 0.95
            requested = self.rng.choice((0, 0, self._units(first.service))) if asks_more else None
            reported = None if used == 0 and self.rng.random() < 0.5 else Used(used)
            groups.append(GroupAsk(group.rating_group, requested=requested, used=reported))
        kept = groups if self.rng.random() < 0.9 else groups[:1]
        return msgspec.structs.replace(
            first, request=request, number=session.number, at=at, groups=tuple(kept)
        )

    def _event(self, at: Instant) -> Ask:
        service = self.rng.choice((Service.SMS, Service.SMS, Service.MMS, Service.CONTENT))
        return self._debit(at, service, used_at=None)

    def _offline(self, at: Instant) -> Ask:
        service = self.rng.choice((Service.VOICE, Service.DATA, Service.SMS))
        ago_ms = self.rng.choice((0, 1, MINUTE_MS, 3_600_000, DAY_MS, 3 * DAY_MS))
        return self._debit(at, service, used_at=Instant(at - ago_ms))

    def _debit(self, at: Instant, service: Service, used_at: Instant | None) -> Ask:
        units = self._units(service)
        group = GroupAsk(0, requested=units) if used_at is None else GroupAsk(0, used=Used(units))
        ask = Ask(
            request=Request.DEBIT,
            key=self._key(),
            number=0,
            at=at,
            service=service,
            direction=self._direction(service),
            other_party="" if service in (Service.DATA, Service.CONTENT) else self._party(),
            visited_plmn=self._network(service),
            groups=(group,),
            used_at=used_at,
            description="chess" if service is Service.CONTENT else "",
        )
        return self._named(ask, self.rng.choice(self.world.people))

    def _refund(self, at: Instant) -> Ask | None:
        if not self.debits:
            return None
        debit = self.rng.choice(self.debits)
        refunds = debit.key if self.rng.random() < 0.95 else "never-was"
        return msgspec.structs.replace(
            debit, request=Request.REFUND, key=self._key(), at=at, refunds=refunds, groups=(),
            used_at=None,
        )  # fmt: skip

    def _again(self, at: Instant) -> Ask | None:
        """Exactly what was asked before, once more."""
        if not self.past:
            return None
        return msgspec.structs.replace(self.rng.choice(self.past), at=at)

    def _changed(self, at: Instant) -> Ask | None:
        """The identity of an earlier ask with another content."""
        if not self.past:
            return None
        ask = self.rng.choice(self.past)
        groups = tuple(
            msgspec.structs.replace(group, used=Used((group.used.units if group.used else 0) + 7))
            for group in ask.groups
        )
        if ask.request is Request.DEBIT and self.rng.random() < 0.5:
            who = self.rng.choice(self.world.people)
            return msgspec.structs.replace(ask, at=at, msisdn=who.msisdn, imsi="")
        return msgspec.structs.replace(ask, at=at, groups=groups, other_party="85510555009")

    def _late(self, at: Instant) -> Ask | None:
        if not self.late:
            return None
        late = self.late.pop(self.rng.randrange(len(self.late)))
        return msgspec.structs.replace(late, at=at)

    def _look(self, at: Instant) -> Ask:
        request = self.rng.choice((Request.BALANCE_CHECK, Request.PRICE_ENQUIRY))
        groups = () if request is Request.BALANCE_CHECK else (GroupAsk(0, requested=61),)
        return Ask(
            request=request,
            key=self._key(),
            number=0,
            at=at,
            service=Service.VOICE,
            direction=Direction.OUT,
            other_party="85512000001",
            groups=groups,
            msisdn=self.rng.choice(self.world.people).msisdn,
        )

    def look_at(self, person: Person, at: Instant) -> Ask:
        """A balance check of one person."""
        look = self._look(at)
        return msgspec.structs.replace(
            look, request=Request.BALANCE_CHECK, groups=(), msisdn=person.msisdn
        )

    def _stranger(self, at: Instant) -> Ask:
        return msgspec.structs.replace(self._look(at), msisdn="85599999999")


class Clock:
    """Time that runs unevenly: in small steps, to the edge of something, and now and then back."""

    def __init__(self, start: Instant, rng: Random, edges: list[int]) -> None:
        self.at = start
        self.rng = rng
        self.edges = sorted(edges)
        self.steps_back = 0

    def run(self) -> None:
        """Let some time go by."""
        chance = self.rng.random()
        if chance < 0.02:
            self.steps_back += 1
            self.at = Instant(self.at - self.rng.choice((1, SECOND_MS, 3_600_000)))
        elif chance < 0.06:
            ahead = [edge for edge in self.edges if edge > self.at + 1]
            if ahead and ahead[0] < self.at + 6 * 3_600_000:
                self.at = Instant(ahead[0] + self.rng.choice((-1, 0, 1)))
        elif chance < 0.10:
            self.at = Instant(self.at + self.rng.choice((10, 40)) * MINUTE_MS)
        else:
            self.at = Instant(self.at + self.rng.randrange(20 * SECOND_MS))
