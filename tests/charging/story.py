"""A subscriber, a purse and a clock, to tell charging stories in a few words."""

from functools import cache
from typing import Final

import msgspec

from tenure.promises.charging import rules
from tenure.promises.charging.model import (
    Answer,
    Answered,
    Ask,
    Case,
    GroupAsk,
    Request,
    Sessions,
    Used,
)
from tenure.promises.money.model import Entry, Grant, Purse
from tenure.promises.numbers.model import Line
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import Direction, Service
from tenure.terms import pack
from tenure.values.instant import DAY_MS, SECOND_MS, Instant, parse_instant
from tenure.values.msisdn import Imsi, Msisdn

ADA: Final = Msisdn("85512345678")
OFFNET: Final = "012999888"
ONNET: Final = "010999888"
NOON: Final = parse_instant("2026-11-20T12:00:00+07:00")
"""Day, in version 2026-10: off-net 0.07 a minute, on-net 0.05, data 0.008 a MB."""
MB: Final = 1 << 20


@cache
def book() -> tariffs.Book:
    return tariffs.compile_book(pack.load("smart-kh"))


class Story:
    """What happens to one subscriber; each step is decided by the rules as in a batch."""

    def __init__(
        self,
        funds_micros: int = 1_000_000,
        *,
        offer: str = "prepaid",
        limit_micros: int = 0,
        grants: tuple[Grant, ...] = (),
        start: Instant = NOON,
    ) -> None:
        self.now = start
        self.start = start
        line = Line(
            ADA,
            Imsi("456060000000001"),
            1,
            offer,
            "en",
            bar_outgoing=False,
            bar_incoming=False,
            suspended=False,
            lost_at=None,
            postpaid=limit_micros > 0,
        )
        end = Instant(start + 30 * DAY_MS)
        purse = Purse(1, 0, 0, funds_micros, end, 0, limit_micros, grants, b"")
        self.case = Case(line, purse, Sessions())
        self.entries: list[Entry] = []
        self.known: dict[bytes, Answered] = {}

    @property
    def funds(self) -> int:
        return self.case.purse.funds_micros

    @property
    def held(self) -> int:
        live = self.case.sessions.live
        return sum(m.hold_micros for s in live for m in s.meters if m.hold_until > self.now)

    def wait(self, seconds: int) -> "Story":
        self.now = Instant(self.now + seconds * SECOND_MS)
        return self

    def ask(self, ask: Ask) -> Answer:
        decision = rules.decide(book(), self.case, ask, self.known)
        if decision.changed:
            self.case = Case(self.case.line, decision.purse, decision.sessions)
            self.entries += decision.entries
            self.known |= {one.key: one for one in decision.answered}
        return decision.answer

    def request(  # noqa: PLR0913  # a story names only what it is about
        self,
        request: Request,
        number: int,
        *,
        service: Service = Service.VOICE,
        key: str = "call",
        want: int | None = None,
        used: int | None = None,
        before_change: int = 0,
        group: int = 0,
        to: str = OFFNET,
        direction: Direction = Direction.OUT,
        visited: str = "",
    ) -> Answer:
        spent = None if used is None else Used(used, before_change)
        return self.ask(
            Ask(
                request,
                key,
                number,
                self.now,
                service,
                direction,
                msisdn=ADA,
                other_party=to if service is not Service.DATA else "",
                visited_plmn=visited,
                groups=(GroupAsk(group, 0, want, spent),),
                peer="ctf.example.net",
            )
        )

    def line(self, **changes: object) -> None:
        self.case.line = msgspec.structs.replace(self.case.line, **changes)

    def purse(self, **changes: object) -> None:
        self.case.purse = msgspec.structs.replace(self.case.purse, **changes)
