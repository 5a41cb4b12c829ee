"""People, and what they say, that a test of consent can begin with."""

from datetime import date
from typing import Final

from tenure.promises.consent.model import How, Medium, No, Way, Whose, Yes
from tenure.promises.record.model import Act
from tenure.terms import pack
from tenure.values.instant import Instant

AT: Final = Instant(1_800_000_000_000)  # 2027-01-15T08:00:00Z
KH: Final = pack.load("smart-kh").terms
ID: Final = pack.load("smartfren-id").terms
DARA: Final = Whose(1, date(1990, 1, 31))
CHILD: Final = Whose(6, date(2012, 3, 1), frozenset({7}))
"""Born so that the eighteenth birthday is 2030-03-01; person 7 answers for them."""
USSD: Final = How(Way.USSD, "km", "session 4711")


def later(milliseconds: int = 1) -> Instant:
    """After the beginning."""
    return Instant(AT + milliseconds)


def act(at: Instant = AT, by: str = "<ussd>") -> Act:
    """Somebody acts, with a salt that is the same every time."""
    return Act(by, at, bytes(range(32)))


def yes(*purposes: str, whose: Whose = DARA, by: int = 0, how: How = USSD, media: str = "") -> Yes:
    """A yes of somebody, to all media unless some are named."""
    named = tuple(Medium(one) for one in media.split())
    return Yes(whose, by or whose.person_id, purposes or ("offers",), how, named)


def no(*purposes: str, person_id: int = 1, how: How = USSD, media: str = "") -> No:
    """A no of somebody; without purposes, to all direct marketing."""
    named = tuple(Medium(one) for one in media.split())
    return No(person_id, person_id, how, purposes or None, named)
