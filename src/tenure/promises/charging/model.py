"""What a network element may ask of charging, the answers, and what a purse remembers."""

from enum import IntEnum
from typing import Final

import msgspec

from tenure.promises.money.model import Drawn, Purse
from tenure.promises.notices.model import NoticeKind
from tenure.promises.numbers.model import Line
from tenure.promises.tariffs.model import Direction, Route, Run, Service
from tenure.values.instant import Instant
from tenure.values.quantity import Unit


class Request(IntEnum):
    """The kinds of request (RFC 8506 section 8.3 and 8.41; TS 32.291 operations)."""

    INITIAL = 1
    UPDATE = 2
    TERMINATE = 3
    DEBIT = 4
    """One event, charged at once: a message, a purchase, an offline usage record."""
    REFUND = 5
    """Gives back exactly what the DEBIT with key ``refunds`` drew."""
    BALANCE_CHECK = 6
    PRICE_ENQUIRY = 7


class Refusal(IntEnum):
    """Why a request, or one rating group of it, is refused; in descending precedence."""

    UNKNOWN_SUBSCRIBER = 1
    KEY_REUSED = 2
    """The same session and number (or key) with another content."""
    UNKNOWN_SESSION = 3
    """Update or termination of a session that is not open (never was, ended, or forgotten)."""
    OUT_OF_ORDER = 4
    """A request number that was answered so long ago that its answer is no longer kept."""
    SESSION_EXISTS = 5
    LOST_OR_STOLEN = 6
    """Use after the report is refused and not charged (GTC-LOST)."""
    SUSPENDED = 7
    RESTRICTED = 8
    """The line is restricted from this service for now (GTC-TRAFFIC, GTC-ABUSE)."""
    BARRED = 9
    """Outgoing or incoming is barred on the line."""
    STAGE_BLOCKED = 10
    """The stage of the number blocks it (GTC-LIFE)."""
    NOTHING_ASKED = 11
    INVALID_UNITS = 12
    """Negative, or more than UNITS_MAX, or a unit that does not fit the service."""
    TOO_MANY_GROUPS = 13
    TOO_MANY_SESSIONS = 14
    RATING_FAILED = 15
    """The tariff has no price for it; the detail names the missing row."""
    UNKNOWN_RATING_GROUP = 16
    CREDIT_EXHAUSTED = 17
    """Nothing is affordable (GTC-POSITIVE)."""
    NOTHING_TO_REFUND = 18
    """No such debit, or it is refunded already."""
    TOO_BUSY = 19
    """More waits than we can answer in time; nothing happened, ask again."""
    ACCIDENT = 20
    """Our own fault, logged; nothing happened, asking again is harmless."""
    PURCHASE_TOO_LARGE = 21
    """A purchase above what the terms allow at once (GTC-DCB)."""


UNITS_MAX = 1 << 50
"""More octets, seconds or micros than any real request; beyond it is a peer's mistake."""
GROUPS_MAX = 64
SESSIONS_MAX = 100
"""Live sessions of one purse."""


class FinalUnit(IntEnum):
    """What the network does when the last grant is used up (RFC 8506 section 8.35)."""

    TERMINATE = 0
    REDIRECT = 1
    RESTRICT = 2


class Used(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Used units of one rating group since the last report, in the unit of the service."""

    units: int
    before_change: int = 0
    """Of these, how many were used before the tariff change that the grant announced."""


class GroupAsk(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One rating group in a request (a Multiple-Services-Credit-Control, a MultipleUnitUsage).

    A request without groups of its own (voice, messages) has one with rating_group 0.
    """

    rating_group: int
    service_id: int = 0
    requested: int | None = None
    """None: no quota asked.  0: asked, amount left to us.  Else so many units."""
    used: Used | None = None
    unit: Unit | None = None
    """The unit the peer used; None when it named none.  Must fit the service."""


class Ask(msgspec.Struct, frozen=True, gc=False):
    """A request to charge, the same for every protocol.  One of msisdn and imsi is given.

    ``key`` is the session (Session-Id, ChargingDataRef) for INITIAL, UPDATE and TERMINATE, and the
    idempotency key for the others.  ``number`` is CC-Request-Number or invocationSequenceNumber.
    """

    request: Request
    key: str
    number: int
    at: Instant
    """When it reached us; the instant that is decided for."""
    service: Service
    direction: Direction
    msisdn: str = ""
    imsi: str = ""
    other_party: str = ""
    visited_plmn: str = ""
    groups: tuple[GroupAsk, ...] = ()
    used_at: Instant | None = None
    """When the event began, if the peer says so (offline records, Event-Timestamp of a debit)."""
    peer: str = ""
    """Where server-initiated messages of this session go: Origin-Host, or the notify URI."""
    description: str = ""
    """Content only: what was bought, for the explanation."""
    refunds: str = ""
    """REFUND only: the key of the debit to undo."""
    retransmitted: bool = False
    """The peer says it may have sent this before; decides nothing: any request may be a repeat."""


class Granted(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The answer for one rating group."""

    rating_group: int
    service_id: int
    refusal: Refusal | None
    """None: granted (or nothing was asked).  Else why not."""
    units: int | None
    """Granted units; None when none were asked."""
    validity_seconds: int = 0
    """How long the grant may be used before it must be reported; 0 when nothing was granted."""
    threshold_units: int = 0
    """Ask again when so much is left; 0 for none."""
    final: FinalUnit | None = None
    """The last units: what to do when they are used up."""
    tariff_change_at: Instant | None = None
    """The price changes at this instant, within the validity: report before and after apart."""


class Answer(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The answer to an Ask, recorded with it and repeated to a duplicate."""

    refusal: Refusal | None
    """None: done.  Else the request as a whole is refused, without effect."""
    detail: str = ""
    groups: tuple[Granted, ...] = ()
    cost_micros: int = 0
    """What this request charged (DEBIT, UPDATE, TERMINATE), gave back (REFUND), or would cost."""
    balance_micros: int = 0
    """BALANCE_CHECK and after a DEBIT: what is available now."""
    repeated: bool = False
    """True when this is the recorded answer of an earlier, equal request."""


class Stale(msgspec.Struct, frozen=True, gc=False):
    """A live session whose grant no longer fits: the network shall ask again, or end it."""

    key: str
    peer: str
    abort: bool
    """True: end it (barred, suspended, lost).  False: ask again (topped up, price changed)."""
    reason: str


class Meter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a session has used, paid and been granted in one rating group."""

    rating_group: int
    service_id: int
    route: Route
    since: Instant
    used_units: int
    position_units: int
    """Billable units so far: whole increments, never less than used_units unless unpriced."""
    exact_numerator: int
    exact_denominator: int
    """The exact price of the billable units no allowance covers; rounded once into charged."""
    charged_micros: int
    hold_micros: int
    hold_units: tuple[tuple[int, int], ...]
    """(grant_id, units) held of allowances."""
    granted_units: int
    held_at: Instant
    hold_until: Instant
    final: bool


class Explanation(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Why an entry is what it is: stored with it as JSON, told to the subscriber in words."""

    service: str
    route: str
    used: int
    """Units reported with this request."""
    total: int
    """Units of the session and rating group so far, this request included."""
    runs: tuple[Run, ...] = ()
    """The billable increments this request added, each at its price."""
    covered: tuple[tuple[str, int], ...] = ()
    """(allowance, units) that cost nothing."""
    fee: int = 0
    """The connect fee in micros, when this request was the first use."""
    rounding: str = ""
    exact: tuple[int, int] = (0, 1)
    """The exact price of the whole usage so far, a fraction of micros, before its rounding."""
    due: int = 0
    """What this request cost: the rounded whole less what was charged before."""
    funds: int = 0
    promo: tuple[tuple[int, int], ...] = ()
    """(grant_id, micros) paid from promotional money."""
    owed: int = 0
    overrun: int = 0
    """Part of the due that nothing could pay: ours to bear."""
    tax: int = 0
    uncharged: int = 0
    """Units used after the line was reported lost: never charged (GTC-LOST)."""
    began: Instant | None = None
    what: str = ""
    """Content: what was bought."""


class Recorded(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An answer that was given, and the digest of what was asked."""

    number: int
    digest: bytes
    answer: msgspec.Raw
    """An Answer in msgpack: read only when the request is repeated, which is rare."""


class Session(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A live session in a purse."""

    key: str
    service: Service
    direction: Direction
    peer: str
    msisdn: str
    opened_at: Instant
    last_number: int
    missing: tuple[int, ...]
    """Numbers below last_number that never came: if one comes late, its usage still counts once."""
    recorded: tuple[Recorded, ...]
    meters: tuple[Meter, ...]
    forget_at: Instant


class Ended(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A session that has ended, remembered so that late duplicates are answered alike."""

    key: str
    ended_at: Instant
    recorded: Recorded


NO_ENDED: Final = msgspec.Raw(b"\x90")


class Sessions(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All that a purse remembers of charging: the content of ``Purse.sessions``."""

    live: tuple[Session, ...] = ()
    ended: msgspec.Raw = NO_ENDED
    """A tuple of Ended in msgpack: every request carries it, one in five looks into it."""


class Case(msgspec.Struct):
    """A line with its purse and live sessions, as loaded and as changed by the batch so far."""

    line: Line
    purse: Purse
    sessions: Sessions


class Crossed(msgspec.Struct, frozen=True, gc=False):
    """An allowance or funds went below what the terms say is little."""

    kind: NoticeKind
    mark: int
    """What it is told once for: the grant, or 0 for the funds since their last top-up."""
    of: str
    """The allowance, or what is left of the funds in micros."""
    at: Instant


class Answered(msgspec.Struct, frozen=True, gc=False):
    """The remembered answer of a one-off request (DEBIT, REFUND)."""

    key: bytes
    purse_id: int
    digest: bytes
    answer: Answer
    drawn: Drawn | None
    """What the debit took, for a refund to give back."""
    entry: tuple[int, int, int, int, int] | None
    """seq, account, due, overrun and tax of the debit's entry."""
    at: Instant
