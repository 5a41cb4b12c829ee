"""Who may be given what is held of whom: classes, agreements, standing reports, partners."""

from datetime import date
from enum import StrEnum

import msgspec

from tenure.terms.subjects import Words


class Basis(StrEnum):
    """Why a recipient may be given anything at all."""

    CONTRACT = "contract"
    """It is needed for what the person has with us."""
    CONSENT = "consent"
    """The person said yes to the purpose that is named, and it stands when the data leaves."""
    LAW = "law"
    """A law obliges us, whoever asks."""
    ORDER = "order"
    """An authority asks by a lawful document: no document, no data."""


class Measure(StrEnum):
    """PRV-XFER: what protects data that goes abroad; the earlier one is the better one."""

    ADEQUACY = "adequacy"
    """The country protects as well as ours, or better."""
    SAFEGUARDS = "safeguards"
    """Adequate safeguards that bind the recipient."""
    CONSENT = "consent"
    """The person agreed, and nothing better is to be had."""


FILES = "file"
"""A recipient that is told by files, which somebody carries; any other way is an address."""


class RecipientClass(msgspec.Struct, frozen=True):
    """A class of recipients, as the privacy notice names it (PRV-WHO)."""

    name: str
    title: Words
    kinds: tuple[str, ...]
    """Of which kinds of people something may be told to it; names of people.toml."""


class Recipient(msgspec.Struct, frozen=True):
    """Somebody named, and the agreement by which they are given these fields and no other."""

    name: str
    title: str
    class_: str
    agreement: str
    """Its version: another set of fields is another version."""
    ends_on: date | None
    """The first day on which nothing leaves any more; None while it lasts."""
    country: str
    measure: Measure | None
    """None in the operator's own country."""
    confidential: bool
    """WEB-SHARE: they accept confidentiality."""
    purpose: str
    """One of people.toml."""
    basis: Basis
    consent: str
    """The purpose of consent.toml whose yes is needed; "" for another basis."""
    fields: tuple[str, ...]
    """promise.table.column, in the words of the register."""
    deliver: str = ""
    """How it hears of changes (GDPR article 19): FILES, or the address that takes a POST.  ""
    for who asks by order, and is not told."""
    keys: tuple[str, ...] = ()
    """The Ed25519 keys by which its receipts are signed: each the ``x`` of a JWK (RFC 8037)."""


class StandingReport(msgspec.Struct, frozen=True):
    """What a recipient is given regularly, of everybody who holds a number."""

    name: str
    recipient: str
    months: int


class Partner(msgspec.Struct, frozen=True):
    """PRV-PARTNER: a platform of somebody else, where that one's own notice applies."""

    name: str
    title: Words
    url: str
    notice_url: str


class Disclosing(msgspec.Struct, frozen=True):
    """What recipients.toml says."""

    classes: tuple[RecipientClass, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    reports: tuple[StandingReport, ...] = ()
    partners: tuple[Partner, ...] = ()

    def recipient(self, name: str) -> Recipient | None:
        """The recipient of this name."""
        return next((one for one in self.recipients if one.name == name), None)

    def report(self, name: str) -> StandingReport | None:
        """The standing report of this name."""
        return next((one for one in self.reports if one.name == name), None)

    def partner(self, name: str) -> Partner | None:
        """The partner's platform of this name."""
        return next((one for one in self.partners if one.name == name), None)
