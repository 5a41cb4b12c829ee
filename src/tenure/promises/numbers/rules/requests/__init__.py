"""When a request about a number may be made, agreed to, stopped, and take effect; pure.

Read body (what is signed), needs (what each kind waits for), standing (how the number must stand),
complete (consents, approvals, cooling-off), judging (the guards in their order), signing (who may
consent, approve and stop).
"""

from tenure.promises.numbers.rules.requests.body import (
    body_of,
    hash_of,
    seen_hash_of,
    stop_hash_of,
)
from tenure.promises.numbers.rules.requests.complete import (
    approvals_counted,
    completes_at,
    expires_at,
    parties_asked,
    takes_effect_at,
)
from tenure.promises.numbers.rules.requests.judging import asked, effected, missing
from tenure.promises.numbers.rules.requests.needs import (
    NEEDS,
    Needs,
    approvals_needed,
    cools_off_ms,
    holder_asks,
    open_ms,
)
from tenure.promises.numbers.rules.requests.signing import (
    approvable,
    consentable,
    gives_way,
    stoppable,
    witnessable,
)
from tenure.promises.numbers.rules.requests.standing import locked

__all__ = [
    "NEEDS",
    "Needs",
    "approvable",
    "approvals_counted",
    "approvals_needed",
    "asked",
    "body_of",
    "completes_at",
    "consentable",
    "cools_off_ms",
    "effected",
    "expires_at",
    "gives_way",
    "hash_of",
    "holder_asks",
    "locked",
    "missing",
    "open_ms",
    "parties_asked",
    "seen_hash_of",
    "stop_hash_of",
    "stoppable",
    "takes_effect_at",
    "witnessable",
]
