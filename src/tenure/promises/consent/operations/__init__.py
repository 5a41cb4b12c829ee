"""What may be asked of consent: yes, no, who may be contacted, and which texts bind whom.

Read saying, restricting, agreeing, texts, receipts.
"""

from tenure.promises.consent.operations.agreeing import accept, acknowledge, agreed, represent
from tenure.promises.consent.operations.receipts import receipt
from tenure.promises.consent.operations.restricting import (
    hold_still,
    lift,
    restrict,
    restricted,
    restrictions_of,
)
from tenure.promises.consent.operations.saying import (
    give,
    history,
    join,
    overview,
    standing,
    withdraw,
)
from tenure.promises.consent.operations.texts import publish, publish_all, published
from tenure.promises.consent.rules import (
    in_force,
    missing,
    opened,
    public_key,
    signed,
    unverified,
    updates,
)

__all__ = [
    "accept",
    "acknowledge",
    "agreed",
    "give",
    "history",
    "hold_still",
    "in_force",
    "join",
    "lift",
    "missing",
    "opened",
    "overview",
    "public_key",
    "publish",
    "publish_all",
    "published",
    "receipt",
    "represent",
    "restrict",
    "restricted",
    "restrictions_of",
    "signed",
    "standing",
    "unverified",
    "updates",
    "withdraw",
]
