"""Whether somebody had asked for exactly this, all had agreed, and enough time went by."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from tenure.gateways.hlr.translate.dossier import Approved, Asked, Doubt, Given
from tenure.gateways.hlr.translate.trust import Trusted
from tenure.promises.record import rules as record
from tenure.promises.record.model import Proven
from tenure.values.passkey import Assertion, Passkey, verified
from tenure.values.refused import Refused

REQUESTED: Final = "numbers.requested"
KEY_ADDED: Final = {"people.passkey_added": "person", "staff.passkey_added": "human"}
"""By which leaf a passkey becomes somebody's, and what names them in it."""
GIVES: Final = frozenset({"from", "from-guardian"})


class Needs(NamedTuple):
    """What a kind of request needs before the network believes it."""

    consents: frozenset[str]
    approvals: int | None
    """None: as many as the network insists on."""
    cools_off: bool


NEEDS: Final[Mapping[str, Needs]] = {
    "transfer": Needs(frozenset({"from", "to"}), None, cools_off=True),
    "inheritance": Needs(frozenset({"to"}), None, cools_off=True),
    "legal-order": Needs(frozenset(), None, cools_off=True),
    "restoration": Needs(frozenset(), None, cools_off=False),
    "sim": Needs(frozenset({"from"}), 1, cools_off=False),
}
"""On purpose not numbers.rules: who is to stop a mistake of ours must not share it."""

_Doubted = Refused[Doubt]


def doubt_of(
    effect: Proven, asked: Asked | None, trusted: Trusted
) -> Mapping[str, Any] | Refused[Doubt]:
    """Why it was not asked for and agreed to as it was done; else what was asked."""
    if asked is None:
        return Refused(Doubt.NOT_ASKED)
    request = record.verify(asked.receipt, trusted.record)
    if isinstance(request, Refused):
        return Refused(Doubt.DISBELIEVED, f"the request: {request.refusal.name}")
    body = _body(effect, request, asked.body)
    if body is None:
        return Refused(Doubt.OTHER_REQUEST)
    keys = _keys(asked, trusted)
    if isinstance(keys, Refused):
        return keys
    needs = NEEDS[body["kind"]]
    challenge = hashlib.sha256(asked.body.encode()).digest()
    signers = _Signers(keys, challenge, trusted, request.cosigned_at[0])
    return (
        _consents(asked, body, needs, signers)
        or _approvals(asked, body, needs, signers)
        or _time(effect, request, needs, trusted)
        or body
    )


def _body(effect: Proven, request: Proven, text: str) -> Mapping[str, Any] | None:
    """What was asked, if it is what the request's leaf, the body and the effect's leaf agree on."""
    hashed = hashlib.sha256(text.encode()).hexdigest()
    if request.kind != REQUESTED or (request.origin, request.index) == (
        effect.origin,
        effect.index,
    ):
        return None
    if {request.said.get("request_hash"), effect.said.get("request_hash")} != {hashed}:
        return None
    body = _read(text)
    return body if body is not None and _done_as_asked(effect, body) else None


def _read(text: str) -> Mapping[str, Any] | None:
    """A body in its one canonical form, so that one text is one meaning."""
    try:
        body = json.loads(text)
        return body if isinstance(body, dict) and record.canonical(body) == text else None
    except (ValueError, AssertionError, RecursionError):
        return None


def _done_as_asked(effect: Proven, body: Mapping[str, Any]) -> bool:
    """The same number, parties and SIM; a SIM that stays is looked at by who judges the effect."""
    done, changes = effect.about, effect.kind == "numbers.transferred"
    parties = (done.get("from"), done.get("to")) if changes else (done.get("holder"), None)
    return (
        body.get("kind") in NEEDS
        and changes == (body["kind"] != "sim")
        and parties == (body.get("from"), body.get("to"))
        and done.get("msisdn") == body.get("msisdn")
        and body.get("iccid") in (None, done.get("iccid"))
    )


class _Key(NamedTuple):
    """A passkey that the record shows to be somebody's."""

    passkey: Passkey
    owner: tuple[str, str]
    """person or human, and which."""
    seen_at: int
    """The POSIX second by which all the witnesses had seen it."""


def _keys(asked: Asked, trusted: Trusted) -> dict[bytes, _Key] | _Doubted:
    found: dict[bytes, _Key] = {}
    for receipt in asked.keys:
        proven = record.verify(receipt, trusted.record)
        if isinstance(proven, Refused):
            return Refused(Doubt.DISBELIEVED, f"a passkey: {proven.refusal.name}")
        named = KEY_ADDED.get(proven.kind)
        about = proven.about
        if named is None or not {named, "credential", "public_key"} <= set(about):
            return Refused(Doubt.KEY_UNPROVEN)
        try:
            credential, public = (
                bytes.fromhex(about[name]) for name in ("credential", "public_key")
            )
        except ValueError:
            return Refused(Doubt.KEY_UNPROVEN)
        key = _Key(Passkey(credential, public), (named, about[named]), proven.cosigned_at[-1])
        if found.setdefault(credential, key) != key:
            return Refused(Doubt.KEY_UNPROVEN)
    return found


class _Signers(NamedTuple):
    keys: Mapping[bytes, _Key]
    challenge: bytes
    trusted: Trusted
    asked_at: int
    """The POSIX second by which a first witness had seen the request."""

    def doubt(
        self, owner: tuple[str, str], assertion: Assertion, challenge: bytes | None = None
    ) -> _Doubted | None:
        """Why this is not their signature over this request, or over what they saw of it."""
        key = self.keys.get(assertion.credential_id)
        if key is None or key.owner != owner:
            return Refused(Doubt.KEY_UNPROVEN)
        if (
            verified(key.passkey, assertion, challenge or self.challenge, self.trusted.party)
            is None
        ):
            return Refused(Doubt.NOT_SIGNED)
        # Whoever can write the record makes staff keys of their own, but none of an age: that is
        # the witnesses' word.
        return self.fresh(assertion) if owner[0] == "human" else None

    def fresh(self, assertion: Assertion) -> _Doubted | None:
        """Why what a key signed does not count yet."""
        age = self.asked_at - self.keys[assertion.credential_id].seen_at
        return Refused(Doubt.KEY_TOO_NEW) if age < self.trusted.key_age else None


def _consents(
    asked: Asked, body: Mapping[str, Any], needs: Needs, signers: _Signers
) -> _Doubted | None:
    """Each consent holds, each is by its party, and none that is needed is missing."""
    for given in asked.consents:
        doubt = signers.doubt(_signer(given), given.assertion, _seen(given, signers.challenge))
        if doubt is not None:
            return doubt
        if given.party in ("from", "to") and given.person != body.get(given.party):
            return Refused(Doubt.OTHER_REQUEST)
        if given.party in GIVES and given.witness is None:
            # Whoever takes a phone makes a key of their own first.
            doubt = signers.fresh(given.assertion)
            if doubt is not None:
                return doubt
    if needs.consents - {given.party for given in asked.consents}:
        return Refused(Doubt.CONSENT_MISSING)
    return None


def _signer(given: Given) -> tuple[str, str]:
    if given.witness is None:
        return ("person", given.person)
    return ("human", given.witness)


def _seen(given: Given, hashed: bytes) -> bytes | None:
    """What a witness signs: whom they saw, and in which part."""
    if given.witness is None:
        return None
    return hashlib.sha256(f"seen {given.party} {given.person} {hashed.hex()}".encode()).digest()


def _approvals(
    asked: Asked, body: Mapping[str, Any], needs: Needs, signers: _Signers
) -> _Doubted | None:
    """INC-STAFF: enough humans approved, each another, none of whom asked or saw a consent."""
    for approved in asked.approvals:
        doubt = signers.doubt(("human", approved.human), approved.assertion)
        if doubt is not None:
            return doubt
    apart = _apart(asked, body)
    if apart is None:
        return Refused(Doubt.NOT_INDEPENDENT)
    least = signers.trusted.approvals if needs.approvals is None else needs.approvals
    return None if len(apart) >= least else Refused(Doubt.APPROVAL_MISSING)


def _apart(asked: Asked, body: Mapping[str, Any]) -> set[str] | None:
    """Who approved; None if somebody did so twice, under two keys, or had another part in it."""
    humans = [approved.human for approved in asked.approvals]
    involved = {given.witness for given in asked.consents} | {body.get("asked_by")}
    if len(set(humans)) != len(humans) or involved & set(humans):
        return None
    credentials = [_credential(approved) for approved in asked.approvals]
    return set(humans) if len(set(credentials)) == len(credentials) else None


def _credential(approved: Approved) -> bytes:
    return approved.assertion.credential_id


def _time(effect: Proven, request: Proven, needs: Needs, trusted: Trusted) -> _Doubted | None:
    """What passed between the witnesses' sights of both: no clock of ours is asked.

    The last witness who saw the request, and the first who saw what was done: a single witness
    with a wrong clock can only make us wait longer.
    """
    if not needs.cools_off:
        return None
    passed = effect.cosigned_at[0] - request.cosigned_at[-1]
    return None if passed >= trusted.cooling_off else Refused(Doubt.TOO_EARLY)
