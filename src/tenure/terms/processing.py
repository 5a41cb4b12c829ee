"""Why an operator may use what it holds, for what, of whom, and who else may get any of it."""

from collections.abc import Mapping
from typing import Final

import msgspec

from tenure.terms.subjects import Words

BASES: Final = (
    "consent",
    "contract",
    "legal-duty",
    "vital-interest",
    "public-interest",
    "legitimate-interest",
)
"""The legal bases that laws know (law 27/2022 article 20(2), GDPR article 6(1))."""

CALLED_PARTY: Final = "called-party"
"""Whoever was called or written to: nobody's customer by that, and of no kind of people.toml."""

WORDS: Final = (
    "heading",
    "collected",
    "recorded",
    "occasions",
    "purposes",
    "basis",
    "recipients",
    "periods",
    "obligatory",
    "voluntary",
    "nobody",
    "at_least",
    "at_most",
    "days",
    "after_row",
    "after_relation",
    "after_form",
    "cookies",
    "held_in",
    "law",
)
"""The words of the tables that are made of the register, in every language of the pack."""


class LegalBasis(msgspec.Struct, frozen=True):
    """What allows a use."""

    name: str
    """One of BASES."""
    title: Words
    sensitive: bool
    """Whether it is strong enough for what is sensitive."""
    authority: str
    """Where it is written."""


class Reason(msgspec.Struct, frozen=True):
    """What a purpose rests on."""

    purpose: str
    """One of people.toml."""
    basis: str
    sensitive: str
    """The basis on which what is sensitive is used for it; "": it is not."""


class Activity(msgspec.Struct, frozen=True):
    """What is done with everything that is kept under one period of retention.toml."""

    keep: str
    title: Words
    kinds: tuple[str, ...]
    purposes: tuple[str, ...]
    recipients: tuple[str, ...]
    """Classes of recipients.toml that may be given something of it."""


class Processing(msgspec.Struct, frozen=True):
    """What processing.toml says."""

    bases: Mapping[str, LegalBasis]
    reasons: Mapping[str, Reason]
    """By purpose."""
    called_party: Words
    activities: Mapping[str, Activity]
    """By the name of their period."""
    words: Mapping[str, Words]
    """By the names of WORDS."""
    categories: Mapping[str, Words]
    """By the values of ``values.holding.Category``, but for what is no category."""
