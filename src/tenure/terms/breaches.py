"""What an operator does, and within how long, when data of people reached others."""

from collections.abc import Mapping
from typing import Final

import msgspec

from tenure.terms.subjects import Words

SUBJECT: Final = "subject"
AUTHORITY: Final = "authority"
PUBLIC: Final = "public"
AUDIENCES: Final = (SUBJECT, AUTHORITY, PUBLIC)
"""Who is told of a breach."""
BLANKS: Final = ("what", "when", "how", "handling", "count", "contact", "operator")
"""What the words of a draft may leave open, each written {so}."""
NEEDED: Final = ("what", "when", "how", "handling", "contact")
"""What every draft says: which data, when and how it came about, what is done, whom to ask."""


class Breaches(msgspec.Struct, frozen=True):
    """Clocks from the moment a breach is known, and the words of the drafts."""

    subject_hours: int
    authority_hours: int
    public_from: int
    """From so many people on the public is told as well; 0 for always."""
    authority: Words
    """Who has to be told."""
    drafts: Mapping[str, Words]
    """By audience."""
