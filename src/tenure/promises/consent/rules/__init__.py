"""What a yes and a no come to, which text was shown, and what a receipt holds; pure.

Read saying, restricting, texts, agreeing, receipts, signing.
"""

from tenure.promises.consent.rules.agreeing import accepted, acknowledged, represented
from tenure.promises.consent.rules.receipts import missing, receipt
from tenure.promises.consent.rules.restricting import lifted, restricted
from tenure.promises.consent.rules.saying import (
    LastWords,
    folded,
    given,
    joined,
    overview,
    standing,
    stands,
    withdrawn,
)
from tenure.promises.consent.rules.signing import opened, public_key, signed, unverified
from tenure.promises.consent.rules.texts import (
    in_force,
    published,
    read_back,
    sha256_of,
    shown_of,
    texts_of,
    unchanged,
    updates,
    wordings,
)

__all__ = [
    "LastWords",
    "accepted",
    "acknowledged",
    "folded",
    "given",
    "in_force",
    "joined",
    "lifted",
    "missing",
    "opened",
    "overview",
    "public_key",
    "published",
    "read_back",
    "receipt",
    "represented",
    "restricted",
    "sha256_of",
    "shown_of",
    "signed",
    "standing",
    "stands",
    "texts_of",
    "unchanged",
    "unverified",
    "updates",
    "withdrawn",
    "wordings",
]
