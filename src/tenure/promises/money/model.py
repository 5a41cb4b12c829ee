"""Purses, the grants and funds in them, and the entries that move them."""

from enum import IntEnum

import msgspec

from tenure.values.instant import Instant
from tenure.values.quantity import Unit


class Account(IntEnum):
    """The operator's side of an entry.  These are sums over entries, never rows of their own."""

    REVENUE_VOICE = 1
    REVENUE_SMS = 2
    REVENUE_MMS = 3
    REVENUE_DATA = 4
    REVENUE_CONTENT = 5
    REVENUE_BUNDLE = 6
    VOUCHER_CLEARING = 10
    TOPUP_CLEARING = 11
    PROMO_COST = 12
    BREAKAGE = 13
    PENALTY = 14
    ADJUSTMENT = 15
    OPENING = 16
    HANDED_OVER = 17
    """What goes from one purse to the next holder's: its entries sum to zero."""
    REVENUE_FEES = 18
    CARRIED = 19
    """What entries came to that have ended: ``money.usage_total`` tells it by account."""


class EntryKind(IntEnum):
    """What happened to a purse."""

    USAGE = 1
    EVENT = 2
    REFUND = 3
    TOPUP = 4
    PROMO = 5
    BREAKAGE = 6
    BUNDLE = 7
    OFFLINE = 8
    ADJUSTMENT = 9
    PENALTY = 10
    OPENING = 11
    FEE = 12
    HANDED_OVER = 13
    CARRIED = 14
    """Stands for entries that have ended (PRV-KEEP), so that every balance still adds up."""


class Grant(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something given to a purse beside its funds: promotional money or an allowance.

    Usable in the half-open period [starts_at, ends_at).  ``remaining`` is in ``unit``.
    """

    grant_id: int
    """Unique within its purse; ascending in the order of giving."""
    unit: Unit
    remaining: int
    starts_at: Instant
    ends_at: Instant
    allowance: str
    """What it may be spent on: an allowance name of the pack, or "" for promotional money."""
    priority: int = 0
    """Lower is spent first; equal priorities are spent soonest-ending first."""


class Purse(msgspec.Struct, frozen=True, gc=False):
    """The money of one subscriber, as stored.  What is available is computed for an instant."""

    purse_id: int
    seq: int
    """The number of its newest entry."""
    version: int
    """Grows with every write; a write that saw an older one is refused and repeated."""
    funds_micros: int
    """Funds paid in.  Never below zero.  Usable until ``funds_end``."""
    funds_end: Instant
    """End of the Active Period of all funds (GTC-TOPUP), also the base of the line's stage."""
    owed_micros: int
    """What a postpaid subscriber owes; between 0 and ``credit_limit_micros``."""
    credit_limit_micros: int
    """0 for prepaid."""
    grants: tuple[Grant, ...]
    sessions: bytes
    """Live charging sessions; opaque here, written by charging."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One balanced movement.  The six legs always sum to zero.

    A leg is the change seen from the subscriber: spending 5 from funds is ``funds_micros=-5,
    contra_micros=5``; a debt of 7 is ``owed_micros=-7``; use beyond what could be paid is written
    off in ``overrun_micros`` (negative), so that the revenue leg shows the full price.
    """

    purse_id: int
    seq: int
    at: Instant
    kind: EntryKind
    account: Account
    funds_micros: int
    grants_micros: int
    owed_micros: int
    tax_micros: int
    overrun_micros: int
    contra_micros: int
    funds_after_micros: int
    reference: str
    """The session, voucher serial, record id or client key it comes from; never personal data."""
    party: str
    """The other number of a call or message, or ""; personal data, kept as long as the usage."""
    explanation: str
    """JSON: tariff version, runs, rounding, buckets drawn, balances after."""


class Change(msgspec.Struct, frozen=True, gc=False):
    """A purse as it shall be, with the entries that took it there, to be written together."""

    purse: Purse
    """With its new values; ``version`` still the one that was loaded."""
    entries: tuple[Entry, ...]


class Drawn(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a payment took from each bucket, in micros; a refund gives back exactly this."""

    funds_micros: int
    owed_micros: int
    grants: tuple[tuple[int, int], ...]
    """(grant_id, amount) in micros for money, in its unit for an allowance."""
