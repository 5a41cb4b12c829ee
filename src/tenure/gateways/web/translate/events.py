"""What a leaf of the record says about a number, in a sentence for its holder."""

import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from tenure.values.instant import Instant, parse_instant

ASKED_FOR: Final[Mapping[str, str]] = {
    "transfer": "a transfer to another holder",
    "inheritance": "a transfer to an heir",
    "legal-order": "a transfer by order of a court or an authority",
    "restoration": "giving the number back to somebody who held it",
    "sim": "another SIM",
    "unlock": "lifting the lock",
}
WHO: Final[Mapping[str, str]] = {
    "from": "The holder",
    "to": "Whoever is to have the number",
    "from-guardian": "The holder's guardian",
    "to-guardian": "The guardian of whoever is to have the number",
}
MEANS: Final[Mapping[str, str]] = {
    "passkey": "by their passkey",
    "presence": "in a shop, before a witness of ours",
}

PLAIN: Final[Mapping[str, str]] = {
    "numbers.opened": "The line was opened, with others.",
    "numbers.taken_over": "The number was taken over with its holder and its SIM.",
    "numbers.activated": "The number was sold to its holder, on a new SIM.",
    "numbers.sim_replaced": "The SIM was replaced; the old one is dead for good.",
    "numbers.locked": "The holder locked the number.",
    "numbers.unlocked": "The lock was lifted.",
    "numbers.recycled": "The number was taken back; nothing of its holder is left on it.",
    "numbers.barred": "Bars of the line were changed.",
    "numbers.lost": "The SIM was reported lost or stolen; nothing is charged since.",
    "numbers.found": "The SIM was reported found.",
    "numbers.suspended": "The line was suspended.",
    "numbers.resumed": "The line was resumed.",
    "numbers.stage_barred": "The network was told to serve it no more: its validity is over.",
    "numbers.stage_unbarred": "The network was told to serve it again.",
    "numbers.attempted": "Somebody tried something about the number, and was refused.",
    "numbers.held": "A complaint, a dispute or an order holds the number where it is.",
    "numbers.released": "What held the number has ended.",
    "access.restricted": "Some services were restricted.",
    "access.suspended": "The line was suspended.",
    "access.requested": "Somebody of ours asked to terminate the contract.",
    "access.terminated": "The contract was terminated.",
    "access.lifted": "A restriction or suspension was lifted.",
}
"""By the kind of leaf."""

_ABOUT_REQUESTS: Final = (
    "numbers.requested", "numbers.consented", "numbers.stopped", "numbers.transferred",
)  # fmt: skip
KINDS: Final = (*PLAIN, *_ABOUT_REQUESTS)
"""Every kind of leaf that tells of one number."""


class Event(msgspec.Struct, frozen=True):
    """A leaf, as far as it says something in clear."""

    at: Instant
    kind: str
    said: Mapping[str, Any]


def read(body: str) -> Event:
    """What the body of a leaf says in clear."""
    said = json.loads(body)
    return Event(parse_instant(said["at"]), said["kind"], said["said"])


def words(event: Event) -> tuple[str, str]:
    """What happened, and more of it; a kind that we do not know is named as it is."""
    said = event.said
    asked = ASKED_FOR.get(str(said.get("kind")), "something")
    match event.kind:
        case "numbers.requested":
            return f"Somebody asked for {asked}.", ""
        case "numbers.consented":
            who = WHO.get(str(said.get("party")), "A party")
            return f"{who} agreed to {asked}.", MEANS.get(str(said.get("means")), "")
        case "numbers.stopped":
            ended = "was stopped" if said.get("outcome") == "stopped" else "waited for too long"
            return f"The request for {asked} {ended}; nothing of it happened.", ""
        case "numbers.transferred":
            return "The number went to another holder.", f"By {asked}."
        case _:
            clause = said.get("clause")
            return PLAIN.get(event.kind, event.kind), f"Clause {clause}." if clause else ""
