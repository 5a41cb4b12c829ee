"""What the demo population does with its phones: whom it calls, how long, how much; drawn, pure."""

import random
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

import msgspec

from tenure.commands.demo.population import Subscriber, scale
from tenure.commands.demo.requests import (
    BALANCE_CHECK,
    CONTENT,
    DATA,
    DEBIT,
    EVENT,
    INITIAL,
    PRICE_ENQUIRY,
    SMS,
    SUCCESS,
    TERMINATE,
    UPDATE,
    VOICE,
    Part,
    Reply,
    Request,
)
from tenure.terms.pricelist import Pack

CALL_QUOTA_SECONDS: Final = 60
PAUSE_SECONDS: Final = (0.5, 6.0)
"""How long the demo waits between two reports of a session: minutes pass in seconds there."""
MEGABYTE: Final = 1 << 20
THINGS: Final = (
    "Angkor Puzzle, 100 coins",
    "a song",
    "a film for one evening",
    "Mekong Racer",
    "an e-book",
    "a month of music",
)


class Activity(Protocol):
    """Something a subscriber does that takes one request or several."""

    def first(self) -> Request:
        """The request that begins it."""
        ...

    def then(self, reply: Reply) -> Request | None:
        """The next one after that reply; None when it is over."""
        ...


class Once:
    """One event: a message, a purchase, a question."""

    def __init__(self, request: Request) -> None:
        """``request`` is all there is."""
        self._request = request

    def first(self) -> Request:
        """The event."""
        return self._request

    def then(self, reply: Reply) -> None:
        """Nothing more, whatever the reply."""
        del reply


class Session:
    """A call or a data session: quota is asked for, used and reported until enough was used."""

    def __init__(self, opening: Request, wanted: dict[int | None, int]) -> None:
        """``wanted`` is how much will be used, by rating group."""
        self._opening, self._wanted = opening, dict(wanted)
        self._number = 0

    def first(self) -> Request:
        """The request that opens it."""
        return self._opening

    def then(self, reply: Reply) -> Request | None:
        """Report what was used of the grants and ask for more, or end."""
        if reply.result != SUCCESS or self._opening.kind == TERMINATE:
            return None
        parts, more = [], False
        for rating_group, wanted in self._wanted.items():
            result, granted, final = reply.groups.get(rating_group or 0, (0, 0, True))
            if result != SUCCESS:
                continue
            used = min(wanted, granted)
            self._wanted[rating_group] = wanted - used
            goes_on = wanted > used and not final
            more = more or goes_on
            asked = (
                (CALL_QUOTA_SECONDS if self._opening.service == VOICE else 0) if goes_on else None
            )
            parts.append(Part(rating_group, asked, used))
        self._number += 1
        kind = UPDATE if more else TERMINATE
        if not more:
            parts = [Part(part.rating_group, None, part.used) for part in parts]
        request = msgspec.structs.replace(
            self._opening, kind=kind, number=self._number, parts=tuple(parts)
        )
        if not more:
            self._opening = request
        return request


class Habits:
    """Draws one activity after the other."""

    def __init__(self, pack: Pack, people: Sequence[Subscriber], chance: random.Random) -> None:
        """``people`` are who may do something."""
        self._pack, self._people, self._chance = pack, people, chance
        self._dollar = scale(pack)
        code = pack.terms.country_code
        home = [one.prefix for one in pack.destinations if one.prefix.startswith(code)]
        self._off_net = [prefix for prefix in home if len(prefix) == len(code)] or home
        self._abroad = [one.prefix for one in pack.destinations if not one.prefix.startswith(code)]
        self._groups = [one.group for one in pack.rating_groups if one.group]
        self._networks = [one.plmn for one in pack.networks if len(one.plmn) > 3]

    def activities(self) -> Iterator[Activity]:
        """What happens next, without end."""
        kinds = (self._call, self._browse, self._text, self._buy, self._ask, self._stray)
        while True:
            kind = self._chance.choices(kinds, weights=(30, 30, 28, 5, 4, 3))[0]
            yield kind()

    def _someone(self) -> Subscriber:
        return self._chance.choice(self._people)

    def _other(self, *, calls_us: bool = False) -> str:
        """Who is at the other end; whoever calls us has a number of their own."""
        drawn = self._chance.random() * (0.88 if calls_us else 1)
        if drawn < 0.55:
            return self._someone().msisdn
        if drawn < 0.88:
            digits = self._chance.randrange(10_000_000)
            return f"{self._chance.choice(self._off_net)}12{digits:07d}"
        if drawn < 0.97 and self._abroad:
            return f"{self._chance.choice(self._abroad)}{self._chance.randrange(10**7, 10**8)}"
        if drawn < 0.98:
            return self._chance.choice(self._pack.terms.emergency_numbers)
        shorts = [one.number for one in self._pack.short_numbers]
        return self._chance.choice(shorts or [self._someone().msisdn])

    def _visited(self) -> str:
        abroad = self._networks and self._chance.random() < 0.03
        return self._chance.choice(self._networks) if abroad else ""

    def _call(self) -> Activity:
        seconds = max(4, round(self._chance.lognormvariate(4.3, 0.9)))
        incoming = self._chance.random() < 0.2
        opening = Request(
            service=VOICE,
            kind=INITIAL,
            number=0,
            subscriber=self._someone().msisdn,
            parts=(Part(0, CALL_QUOTA_SECONDS),),
            other_party=self._other(calls_us=incoming),
            incoming=incoming,
            visited=self._visited(),
        )
        return Session(opening, {0: seconds})

    def _browse(self) -> Activity:
        many = 2 if self._chance.random() < 0.35 else 1
        groups = self._chance.sample(self._groups, min(many, len(self._groups))) or [0]
        opening = Request(
            service=DATA,
            kind=INITIAL,
            number=0,
            subscriber=self._someone().msisdn,
            parts=tuple(Part(each, 0) for each in groups),
            visited=self._visited(),
        )
        return Session(opening, {each: self._octets() for each in groups})

    def _octets(self) -> int:
        return round(self._chance.lognormvariate(1.6, 1.1) * MEGABYTE)

    def _text(self) -> Activity:
        incoming = self._chance.random() < 0.35
        event = Request(
            service=SMS,
            kind=EVENT,
            number=0,
            subscriber=self._someone().msisdn,
            parts=(Part(None, 1),),
            other_party=self._other(calls_us=incoming),
            incoming=incoming,
            action=DEBIT,
        )
        return Once(event)

    def _buy(self) -> Activity:
        hundredths = self._chance.choice((49, 99, 99, 199, 299))
        event = Request(
            service=CONTENT,
            kind=EVENT,
            number=0,
            subscriber=self._someone().msisdn,
            parts=(Part(None, self._dollar * hundredths // 100),),
            action=DEBIT,
            title=self._chance.choice(THINGS),
        )
        return Once(event)

    def _ask(self) -> Activity:
        """What is left, or what a call would cost."""
        action = self._chance.choice((BALANCE_CHECK, PRICE_ENQUIRY))
        event = Request(
            service=VOICE,
            kind=EVENT,
            number=0,
            subscriber=self._someone().msisdn,
            parts=(Part(None, 60),) if action == PRICE_ENQUIRY else (),
            other_party=self._other(),
            action=action,
        )
        return Once(event)

    def _stray(self) -> Activity:
        """What should not happen: a number that nobody has, an update of a session long gone."""
        nobody = f"{self._pack.terms.country_code}000{self._chance.randrange(10**5, 10**6)}"
        if self._chance.random() < 0.6:
            return Once(Request(SMS, EVENT, 0, nobody, (Part(None, 1),), nobody, action=DEBIT))
        gone = Part(self._groups[0] if self._groups else 0, 0, MEGABYTE)
        return Once(Request(DATA, UPDATE, 3, self._someone().msisdn, (gone,)))
