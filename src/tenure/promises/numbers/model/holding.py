"""Who holds a number, on which SIM, and what is in stock."""

from datetime import date
from enum import Enum, IntEnum
from typing import NewType

import msgspec

from tenure.values.instant import Instant
from tenure.values.msisdn import Iccid, Imsi, Msisdn

SimKey = NewType("SimKey", bytes)
"""The key under which SIM keys are sealed: 32 octets, in a file outside the database."""


class Figures(msgspec.Struct, frozen=True):
    """The figures of the pack that the database itself enforces."""

    operator: str
    home_plmns: tuple[str, ...]
    outgoing_blocked_ms: int
    both_blocked_ms: int
    rest_ms: int
    reminders_min: int
    cooling_off_ms: int
    request_open_ms: int
    sim_age_ms: int
    approvals_min: int
    unlock_delay_ms: int
    prepaid_numbers_max: int
    adult_years: int


class NumberRange(msgspec.Struct, frozen=True):
    """Numbers that are ours to give, both ends included."""

    first: Msisdn
    last: Msisdn
    number_class: str
    """ordinary, gold …"""


class SimKeys(msgspec.Struct, frozen=True):
    """What a SIM and the network share, so that each can prove itself to the other."""

    ki: str
    """K of TS 35.206, 32 hexadecimal digits."""
    opc: str
    """OPc, 32 hexadecimal digits; "" for an algorithm without one."""
    algorithm: str

    def __repr__(self) -> str:
        return f"SimKeys({self.algorithm})"


class SimCard(msgspec.Struct, frozen=True):
    """A row of a SIM file, understood."""

    iccid: Iccid
    imsi: Imsi
    keys: SimKeys


class SealedSim(msgspec.Struct, frozen=True):
    """A SIM as it is stored: its keys can be read with the key file only."""

    iccid: Iccid
    imsi: Imsi
    sealed: bytes

    def __repr__(self) -> str:
        return f"SealedSim({self.iccid!r})"


class Sim(msgspec.Struct, frozen=True):
    """What is known of a SIM, without its keys."""

    iccid: Iccid
    imsi: Imsi
    died_at: Instant | None
    bound: bool
    """It is, or was, some number's: a SIM is used once in its life."""


class OpenedAs(Enum):
    """How somebody came to hold a number."""

    FIRST_SALE = "first-sale"
    TRANSFER = "transfer"
    INHERITANCE = "inheritance"
    LEGAL_ORDER = "legal-order"
    RESTORATION = "restoration"
    IMPORT = "import"


class Tenure(msgspec.Struct, frozen=True):
    """Somebody holds a number, from an instant until an end that may not be in sight."""

    msisdn: Msisdn
    holder_id: int
    since: Instant
    until: Instant | None
    opened_as: OpenedAs
    leaf_seq: int
    """The leaf of the record that proves it."""
    purse_id: int
    prepaid: bool


class Binding(msgspec.Struct, frozen=True):
    """A number is reached on a SIM, from an instant until an end that may not be in sight."""

    iccid: Iccid
    imsi: Imsi
    since: Instant
    until: Instant | None
    leaf_seq: int


class Reservation(msgspec.Struct, frozen=True):
    """A number set aside for somebody of ours, until an end."""

    msisdn: Msisdn
    since: Instant
    until: Instant
    reserved_by: str


class InStock(msgspec.Struct, frozen=True):
    """What is known of a number before somebody gets it."""

    msisdn: Msisdn
    number_class: str | None
    """None: the number is not ours to give."""
    has_line: bool
    last: Tenure | None
    """Who holds it, or held it last."""
    reservation: Reservation | None
    """One that is in force."""


class Buyer(msgspec.Struct, frozen=True):
    """What a first sale needs to know of who buys."""

    person_id: int
    born_on: date | None
    documented: bool
    guarded: bool
    """A guardian answers for them."""
    prepaid_held: int

    def __repr__(self) -> str:
        return f"Buyer({self.person_id})"


class Sell(msgspec.Struct, frozen=True):
    """Give a free number on a new SIM to its first holder, or to the next one after its rest."""

    msisdn: Msisdn
    iccid: Iccid
    holder_id: int
    purse_id: int
    """A new one: a purse never has two holders."""
    offer: str
    language: str


class Found(msgspec.Struct, frozen=True):
    """What a first sale depends on, as it was found."""

    number: InStock
    sim: Sim | None
    buyer: Buyer | None


class Sale(msgspec.Struct, frozen=True):
    """A first sale that may happen."""

    sell: Sell
    imsi: Imsi
    postpaid: bool
    credit_limit_micros: int


class Sold(msgspec.Struct, frozen=True):
    """A first sale that happened, and its leaf."""

    sale: Sale
    leaf_seq: int


class TakenOver(msgspec.Struct, frozen=True):
    """A line of an existing base, its holder and its SIM."""

    msisdn: Msisdn
    holder_id: int
    iccid: Iccid


class History(msgspec.Struct, frozen=True):
    """All that is known of a number's life, the newest first."""

    msisdn: Msisdn
    number_class: str | None
    tenures: tuple[Tenure, ...]
    bindings: tuple[Binding, ...]
    reservation: Reservation | None
    locked_since: Instant | None
    """Since when its holder keeps it locked."""


class Imported(msgspec.Struct, frozen=True):
    """How a batch of an import ended."""

    new: int
    known: int
    """There already, exactly so: an import can be repeated."""
    refused: tuple[tuple[int, "HoldingRefusal"], ...]
    """By the place in the batch."""


class HoldingRefusal(IntEnum):
    """Why a number cannot be stocked, set aside or sold as asked, in descending precedence."""

    FIELD_MISSING = 1
    NUMBER_MALFORMED = 2
    RANGE_MALFORMED = 3
    CLASS_MALFORMED = 4
    ICCID_MALFORMED = 5
    ICCID_CHECK_DIGIT = 6
    IMSI_MALFORMED = 7
    IMSI_OF_ANOTHER_NETWORK = 8
    KEYS_MALFORMED = 9
    ALGORITHM_UNKNOWN = 10
    RANGE_OVERLAPS = 11
    SIM_DIFFERS = 12
    """The card is known with another IMSI, or the IMSI on another card."""
    UNKNOWN_OFFER = 13
    UNKNOWN_LANGUAGE = 14
    NUMBER_NOT_OURS = 15
    NUMBER_HELD = 16
    NUMBER_IN_SERVICE = 17
    """The operator's own line, which nobody holds."""
    NUMBER_RESTING = 18
    NUMBER_RESERVED = 19
    RESERVATION_TOO_LONG = 20
    SIM_UNKNOWN = 21
    SIM_DEAD = 22
    SIM_USED = 23
    SIM_OF_ANOTHER_NETWORK = 24
    HOLDER_UNKNOWN = 25
    HOLDER_WITHOUT_DOCUMENT = 26
    HOLDER_OF_UNKNOWN_AGE = 27
    HOLDER_IS_MINOR = 28
    HOLDER_AT_THE_LIMIT = 29
    NOT_RESERVED = 30
