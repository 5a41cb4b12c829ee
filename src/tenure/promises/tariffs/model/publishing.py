"""Versions of the prices as they are published, announced, put in force or withdrawn."""

from enum import IntEnum, StrEnum

import msgspec

from tenure.terms.pricelist import Version
from tenure.values.instant import Instant


class VersionState(StrEnum):
    """Where a version is at an instant."""

    ANNOUNCED = "announced"
    """Published, and not yet told to everybody in time."""
    CONFIRMED = "confirmed"
    """Everybody was told in time; it is in force from its instant on."""
    IN_FORCE = "in force"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class PublishedVersion(msgspec.Struct, frozen=True):
    """A version of the prices on record."""

    operator: str
    version_id: str
    digest: bytes
    """Of what the price list says: see ``rules.digest_of``."""
    effective_from: Instant
    """As it was announced."""
    founding: bool
    """In force when this database began."""
    notice_ms: int
    """How long everybody affected must have known it before."""
    published_at: Instant
    published_by: str
    offers: tuple[str, ...]
    """Whose prices differ from the former version's."""
    campaign_id: int | None
    """What tells everybody affected; None when nobody is."""
    confirmed_at: Instant | None
    in_force_from: Instant | None
    withdrawn_at: Instant | None
    withdrawn_because: str | None


class PublishRequest(msgspec.Struct, frozen=True):
    """A version waits for the approval of somebody else."""

    request_hash: bytes
    text: str
    """Exactly what is approved."""
    until: Instant


class Untold(msgspec.Struct, frozen=True):
    """Who is affected by a version and has not had their notice for long enough at an instant."""

    lines: int
    never: int
    """Of these, those to whom no notice was sent yet."""
    earliest: Instant | None
    """When everybody will have had theirs for long enough; None while somebody was never told."""


class Considered(msgspec.Struct, frozen=True):
    """A version that may be published now, and what it would change."""

    former: Version
    new: Version
    offers: tuple[str, ...]
    """Of which anything differs."""
    text: str
    """Exactly what two humans agree to."""


class PriceRow(msgspec.Struct, frozen=True, order=True):
    """A row of a price list by its name."""

    offer: str
    service: str
    direction: str
    zone: str
    visited: str
    band: str


class PriceStep(msgspec.Struct, frozen=True, order=True):
    """One step of a price, as it is published."""

    from_units: int
    price_micros: int
    per_units: int
    increment_units: int
    connect_fee_micros: int
    minimum_units: int
    tax_ppm: int


class PriceChange(msgspec.Struct, frozen=True):
    """A row whose price differs between two versions; no steps: the row is not there."""

    row: PriceRow
    former: tuple[PriceStep, ...]
    new: tuple[PriceStep, ...]


class PublishRefusal(IntEnum):
    """Why a version cannot be published, confirmed or withdrawn, in descending precedence."""

    UNKNOWN_VERSION = 1
    """The pack has none of this name, or none that is new."""
    NOT_FOUNDED = 2
    """No version is on record yet, so there is nothing that this one could change."""
    PUBLISHED_ALREADY = 3
    ANOTHER_ANNOUNCED = 4
    """One version is announced at a time, so that people know what comes."""
    BEFORE_THE_FORMER = 5
    TOO_EARLY = 6
    """GTC-CHANGE: less than the notice before it takes effect."""
    NOTICE_SHORTER = 7
    """The pack gives shorter notice than was promised when the former version was published."""
    SUMMARY_MISSING = 8
    """GTC-LANG: what changed is told in every language of the operator."""
    NOT_REQUESTED = 9
    APPROVAL_MISSING = 10
    PRICES_CHANGED = 11
    """The files of a published version say something else than what was published."""
    VERSION_MISSING = 12
    """A version that is in force is not in the pack."""
    NOT_ANNOUNCED = 13
    IN_FORCE_ALREADY = 14
    REASON_MISSING = 15
