"""Cards, top-ups and purchases of plans: what may be asked, and what is answered."""

from enum import Enum, IntEnum
from typing import TypeAlias

import msgspec

from tenure.promises.money.model import Account
from tenure.values.instant import Instant
from tenure.values.refused import Refused


class Refusal(IntEnum):
    """Why nothing was added, bought, issued or blocked; in descending precedence."""

    UNKNOWN_NUMBER = 1
    KEY_MALFORMED = 2
    KEY_REUSED = 3
    """The same key with another content."""
    AMOUNT_INVALID = 4
    """Not a denomination of the pack; or, for a postpaid payment, not above zero or absurd."""
    PIN_MALFORMED = 5
    """Not so many digits as a PIN has: no guess, so it is not counted as one."""
    LOCKED_OUT = 6
    """Too many wrong PINs in a row from this line."""
    PIN_UNKNOWN = 7
    VOUCHER_USED = 8
    VOUCHER_BLOCKED = 9
    VOUCHER_EXPIRED = 10
    UNKNOWN_BUNDLE = 11
    LINE_BLOCKED = 12
    """The line is lost, suspended or barred, so that nothing can be bought with it."""
    CREDIT_EXHAUSTED = 13
    """The purse cannot pay the whole price (GTC-POSITIVE)."""
    BATCH_INVALID = 14
    PIN_SPACE_TOO_SMALL = 15
    """So many outstanding PINs of so few digits could be guessed."""
    UNKNOWN_BATCH = 16
    UNKNOWN_SERIAL = 17
    NOTHING_TO_BLOCK = 18


class Pin(str):
    """The secret of a card, digits only; its repr shows nothing."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Pin(…)"


class VoucherKey(msgspec.Struct, frozen=True):
    """The key under which PINs are hashed; it is kept outside the database."""

    secret: bytes

    def __repr__(self) -> str:
        return "VoucherKey(…)"


class TopUp(msgspec.Struct, frozen=True):
    """Money that came by another way than a card; ``key`` is the client's, one for one payment."""

    msisdn: str
    amount_micros: int
    key: str
    at: Instant

    def __repr__(self) -> str:
        return f"TopUp(key={self.key!r})"


class Buy(msgspec.Struct, frozen=True):
    """Buy a plan of the pack out of the purse."""

    msisdn: str
    bundle: str
    key: str
    at: Instant
    held_micros: int
    """What live sessions hold of the purse, as charging told in the same transaction; it stays."""

    def __repr__(self) -> str:
        return f"Buy({self.bundle!r}, key={self.key!r})"


class Redeem(msgspec.Struct, frozen=True):
    """Top up with the PIN of a card."""

    msisdn: str
    pin: Pin
    key: str
    """The client's; "" where a person types: then the card itself is the key."""
    at: Instant

    def __repr__(self) -> str:
        return f"Redeem(key={self.key!r})"


Order: TypeAlias = TopUp | Buy


class Credit(msgspec.Struct, frozen=True):
    """Money that is to be added to a purse, and where it came from."""

    amount_micros: int
    active_days: int
    source: Account
    reference: str
    words: str
    """By which means, for a person: ``with card 000000000012``."""


class Done(msgspec.Struct, frozen=True):
    """What a top-up or a purchase did; recorded, and repeated to whoever asks again."""

    seq: int
    """The number of the entry in the purse."""
    amount_micros: int
    """What was added, or the price of what was bought."""
    bonus_micros: int
    """Promotional money given with it."""
    lapsed_micros: int
    """Old funds that had ended too long ago to come back (GTC-RESTORE)."""
    restored_micros: int
    """Old funds that had ended and came back with it (GTC-RESTORE)."""
    paid_off_micros: int
    """Of it, what reduced a postpaid debt."""
    funds_micros: int
    """All funds after it."""
    funds_end: Instant
    words: str
    repeated: bool = False
    """True when this is the recorded answer of an earlier, equal request."""


Answer: TypeAlias = Done | Refused[Refusal]


class WrongPins(msgspec.Struct, frozen=True):
    """Wrong PINs of one line since the last right one."""

    in_a_row: int
    last_at: Instant


class Voucher(msgspec.Struct, frozen=True):
    """A card, as it stands."""

    serial: int
    batch_id: int
    amount_micros: int
    active_days: int
    expires_at: Instant
    blocked_at: Instant | None
    used_at: Instant | None


class VoucherState(Enum):
    """What may be done with a card at an instant."""

    ISSUED = "issued"
    USED = "used"
    BLOCKED = "blocked"
    EXPIRED = "expired"


class Issue(msgspec.Struct, frozen=True):
    """Issue so many cards of one denomination."""

    amount_micros: int
    vouchers: int


class Card(msgspec.Struct, frozen=True):
    """A card as it is printed, once."""

    serial: int
    pin: Pin

    def __repr__(self) -> str:
        return f"Card({self.serial})"


class Batch(msgspec.Struct, frozen=True):
    """Cards that were issued together."""

    batch_id: int
    amount_micros: int
    active_days: int
    vouchers: int
    issued_at: Instant
    expires_at: Instant
    key_id: str


class Printing(msgspec.Struct, frozen=True):
    """A batch with its PINs, before it is written."""

    batch: Batch
    cards: tuple[Card, ...]

    def __repr__(self) -> str:
        return f"Printing({self.batch!r})"


class BatchReport(msgspec.Struct, frozen=True):
    """What has become of a batch by an instant."""

    batch: Batch
    used: int
    blocked: int
    expired: int
    outstanding: int
    outstanding_micros: int
    """What may still be used: owed to whoever holds the cards."""
