"""What leaves to somebody else: by which agreement, whose, by which document, and why not."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import Final
from uuid import UUID

import msgspec

from tenure.terms.recipients import Basis, Measure
from tenure.values.holding import Category
from tenure.values.instant import Instant


class PurposeRole(StrEnum):
    """The role of the database that reads what is to leave: it sees these columns and no other."""

    SERVICE = "tenure_service"
    """For who serves the customer with us, by a contract."""
    PARTNER = "tenure_partner"
    """For who is given something by consent."""
    AUTHORITY = "tenure_authority"
    """For who asks by law or order: also of people whose data rests (GDPR 18(2))."""
    CARE = "tenure_care"
    """For tools of care: sees whom a case is about, after a look that is on record."""


DISCLOSING: Final = (PurposeRole.SERVICE, PurposeRole.PARTNER, PurposeRole.AUTHORITY)
"""The roles by which something leaves; care only looks."""

ROLE_OF: Final[Mapping[Basis, PurposeRole]] = {
    Basis.CONTRACT: PurposeRole.SERVICE,
    Basis.CONSENT: PurposeRole.PARTNER,
    Basis.LAW: PurposeRole.AUTHORITY,
    Basis.ORDER: PurposeRole.AUTHORITY,
}

SEES: Final[Mapping[PurposeRole, frozenset[Category]]] = {
    PurposeRole.SERVICE: frozenset(
        {Category.CONTACT, Category.IDENTIFICATION, Category.PRODUCT, Category.FINANCIAL}
    ),
    PurposeRole.PARTNER: frozenset({Category.CONTACT, Category.PRODUCT}),
    PurposeRole.AUTHORITY: frozenset(
        {Category.CONTACT, Category.IDENTIFICATION, Category.PRODUCT, Category.SERVICE_ACCOUNT}
        | {Category.EVIDENCE}
    ),
    PurposeRole.CARE: frozenset({Category.CONTACT, Category.PRODUCT, Category.SERVICE_ACCOUNT}),
}
"""Which categories of the register each purpose needs; financial means of payment only service."""

TENURE: Final = "tenure"
"""The table by which what is held of a number or a purse leads to who held it."""

OTHERS: Final = frozenset({PurposeRole.AUTHORITY})
"""Who is told with whom somebody spoke: only law and order ask for that."""


class Agreement(msgspec.Struct, frozen=True):
    """What somebody named may be given: one version of the pack's, as the database enforces it."""

    recipient: str
    version: str
    class_: str
    basis: Basis
    country: str
    measure: Measure | None
    purpose: str
    consent: str
    fields: tuple[str, ...]
    """promise.table.column."""
    ends_at: Instant | None = None

    @property
    def role(self) -> PurposeRole:
        """Who reads for it in the database."""
        return ROLE_OF[self.basis]


class Selection(msgspec.Struct, frozen=True):
    """Fields of one agreement.  One with another field cannot be made."""

    agreement: Agreement
    fields: tuple[str, ...]

    def __post_init__(self) -> None:
        """PRV-WHO: only what was agreed, each once, and something."""
        assert self.fields, "something leaves"
        assert len(set(self.fields)) == len(self.fields), "each field once"
        assert set(self.fields) <= set(self.agreement.fields), "only what was agreed"


class Order(msgspec.Struct, frozen=True):
    """The document by which an authority asks."""

    reference: str
    """As the authority numbers it."""
    sha256: str
    """Of the document, in hexadecimal."""

    def __repr__(self) -> str:
        return "Order()"


class Ask(msgspec.Struct, frozen=True):
    """Somebody of ours wants to give something to a recipient."""

    recipient: str
    purpose: str
    persons: tuple[int, ...] | None
    """None: everybody who holds a number, and only for a standing report."""
    fields: tuple[str, ...] = ()
    """Fewer than were agreed; () is all of them."""
    numbers: tuple[str, ...] = ()
    """Of these numbers only; () is all that the persons hold."""
    since: Instant | None = None
    """Of the time from here to ``until`` (outside); None: what is so at the instant of the act."""
    until: Instant | None = None
    order: Order | None = None
    report: str = ""
    """The name of a standing report."""

    def __repr__(self) -> str:
        return f"Ask({self.recipient})"


class OrderRequest(msgspec.Struct, frozen=True):
    """What two others sign before an authority gets anything."""

    request_hash: bytes
    """SHA-256 of exactly what is asked."""
    until: Instant


class Disclosure(msgspec.Struct, frozen=True):
    """What left."""

    disclosure_id: UUID
    agreement: Agreement
    fields: tuple[str, ...]
    subjects: int
    payload_sha256: bytes
    at: Instant
    report: str = ""
    period: str = ""
    leaf_seq: int = 0


class DisclosedTo(msgspec.Struct, frozen=True):
    """What somebody sees of a disclosure of their data."""

    disclosure_id: UUID
    recipient: str
    agreement: str
    class_: str
    basis: Basis
    country: str
    measure: Measure | None
    purpose: str
    fields: tuple[str, ...]
    at: Instant
    reference: str
    """As the recipient knows them: nothing else of ours is in what left."""


class ReportDue(msgspec.Struct, frozen=True):
    """A standing report whose period is over, and that did not leave."""

    report: str
    recipient: str
    period: str
    since: Instant


class Refusal(IntEnum):
    """Why nothing leaves, in descending precedence."""

    UNKNOWN_RECIPIENT = 1
    NOT_IN_FORCE = 2
    """The database knows no such agreement now, or it has ended."""
    PURPOSE_DIFFERS = 3
    FIELD_NOT_AGREED = 4
    FIELD_NOT_HELD = 5
    """The register knows no such column, or nobody discloses from there."""
    ORDER_MISSING = 6
    ORDER_UNUSABLE = 7
    NOT_ASKED = 8
    """Nobody asked for exactly this, or too long ago."""
    APPROVALS_MISSING = 9
    DISCLOSED_ALREADY = 10
    """By this order, or for this period, it left before."""
    UNKNOWN_REPORT = 11
    NOBODY = 12
    """Nobody is left of whom anything may leave: no consent, or their data rests."""
