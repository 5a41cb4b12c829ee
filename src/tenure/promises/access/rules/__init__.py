"""Which measure a clause allows, and what is not carried for anybody: pure.

Read measures, policy.
"""

from tenure.promises.access.rules.measures import (
    cut,
    digest_text,
    facts,
    in_force,
    known,
    lifted,
    longest,
    restricted,
    suspended,
    terminated,
    termination_text,
)
from tenure.promises.access.rules.policy import ip_filter_rules, nftables, pcc_rules

__all__ = [
    "cut",
    "digest_text",
    "facts",
    "in_force",
    "ip_filter_rules",
    "known",
    "lifted",
    "longest",
    "nftables",
    "pcc_rules",
    "restricted",
    "suspended",
    "terminated",
    "termination_text",
]
