"""The one door by which what is held of people leaves to others, and who hears of it."""

import hashlib
import hmac
from typing import Protocol
from uuid import UUID

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.consent import operations as consent
from tenure.promises.privacy.model.disclosures import (
    Ask,
    DisclosedTo,
    Disclosure,
    OrderRequest,
    Refusal,
    ReportDue,
    Selection,
)
from tenure.promises.privacy.operations import register
from tenure.promises.privacy.rules import disclosures as rules
from tenure.promises.privacy.store import disclosures as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.promises.record.rules import canonical
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import NOBODY_OF_OURS
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.terms.model import Terms
from tenure.terms.recipients import Basis
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused

APPROVAL = "disclosure"
"""The kind of request that two others approve before an authority gets anything."""
APPROVALS_MIN = 2

No = Refused[Refusal]


class Leaving(Protocol):
    """Where a payload is put until the commit: it leaves only after that."""

    def begin(self) -> None:
        """Empty again: whoever lost a race begins anew."""

    def write(self, octets: bytes) -> None:
        """The next part."""


async def holders(tx: Transaction, ask: Ask, at: Instant) -> tuple[int, ...]:
    """Who held the numbers of a request in its time: former holders only where it says so."""
    span = store.span_of(ask.since, ask.until, at)
    return tuple(await store.holders(tx, ask.numbers, span))


async def resolved(tx: Transaction, ask: Ask, at: Instant) -> Ask:
    """The request with those whom its numbers lead to, beside those it names."""
    if ask.persons is None or not ask.numbers:
        return ask
    found = sorted({*ask.persons, *await holders(tx, ask, at)})
    return msgspec.structs.replace(ask, persons=tuple(found))


async def consider(tx: Transaction, terms: Terms, ask: Ask, at: Instant) -> Selection | No:
    """What would leave: fields of an agreement in force, in the pack and in the database."""
    selection = rules.asked_for(ask, terms, register.holdings(), register.rows(), at)
    if isinstance(selection, Selection) and not await store.in_force(tx, selection):
        detail = "the database does not know this agreement; run: tenure migrate --operator"
        return Refused(Refusal.NOT_IN_FORCE, detail)
    return selection


async def ask_by_order(
    tx: Transaction, terms: Terms, ask: Ask, act: Act
) -> OrderRequest | No | Refused[StaffRefusal]:
    """Ask for what an authority wants by its document: two others sign the hash of exactly this.

    The same asked again is the same request.  Refused: ORDER_MISSING, FIELD_NOT_AGREED …
    """
    selection = await consider(tx, terms, ask, act.at)
    if isinstance(selection, Refused):
        return selection
    if ask.order is None:
        return Refused(Refusal.ORDER_MISSING, "only what is asked by order is approved by others")
    request_hash = hashlib.sha256(rules.body(ask, selection, ask.order).encode()).digest()
    known = await staff.asked(tx, request_hash)
    if known is None:
        kept = await staff.ask(tx, APPROVAL, request_hash, act)
        if isinstance(kept, Refused):
            return kept
        known = kept
        said: dict[str, Plain] = {"kind": APPROVAL, "request_hash": request_hash.hex()}
        await record.append(tx, act, "privacy.disclosure_asked", said, {})
    return OrderRequest(request_hash, known.until)


async def disclose(
    tx: Transaction, terms: Terms, ask: Ask, leaving: Leaving, act: Act
) -> Disclosure | No:
    """Give a recipient what was agreed, of those who are asked for and of nobody else (PRV-WHO).

    Left out are those whose data rests and those whose consent, where it is the basis, does not
    stand at this instant; neither can change before the commit.  What leaves is read by the role
    of its purpose, page by page, and is logged with its hash in this transaction: the payload must
    not go anywhere before the commit.  An order needs two approvals of exactly this.
    """
    selection = await consider(tx, terms, ask, act.at)
    if isinstance(selection, Refused):
        return selection
    signed = await _signed(tx, ask, selection, act.at)
    if isinstance(signed, Refused):
        return signed
    report, period = "", ""
    if ask.report:
        found = next(
            (one for one in await reports_due(tx, terms, act.at) if one.report == ask.report), None
        )
        if found is None:
            return Refused(Refusal.DISCLOSED_ALREADY, "the report of this period left before")
        report, period = found.report, found.period
    await consent.hold_still(tx, ask.persons)
    drawn = hmac.digest(act.salt, b"disclosure", "sha256")
    new = Disclosure(
        disclosure_id=UUID(bytes=drawn[:16], version=4),
        agreement=selection.agreement,
        fields=selection.fields,
        subjects=0,
        payload_sha256=b"",
        at=act.at,
        report=report,
        period=period,
    )
    secret = hmac.digest(act.salt, b"reference", "sha256")
    many = await store.pick(tx, new.disclosure_id, selection, ask.persons, secret, act.at)
    if not many:
        detail = "of nobody asked for may anything leave: no consent stands, or their data rests"
        return Refused(Refusal.NOBODY, detail)
    payload = await _written(tx, ask, selection, leaving, new)
    new = msgspec.structs.replace(new, subjects=many, payload_sha256=payload)
    return await _logged(tx, new, signed, act)


async def _signed(
    tx: Transaction, ask: Ask, selection: Selection, at: Instant
) -> tuple[str, list[int]] | No | None:
    """What two others signed, as the door wants it, and who they are; None where none is needed."""
    if selection.agreement.basis is not Basis.ORDER:
        return None
    assert ask.order is not None
    body = rules.body(ask, selection, ask.order)
    request_hash = hashlib.sha256(body.encode()).digest()
    asked = await staff.asked(tx, request_hash)
    if asked is None or asked.requested_by == NOBODY_OF_OURS or at >= asked.until:
        return Refused(Refusal.NOT_ASKED, "nobody asked for exactly this; ask for it first")
    if await store.is_done(tx, request_hash):
        return Refused(Refusal.DISCLOSED_ALREADY, "by this request it left before")
    given = await staff.approvals(tx, request_hash, at)
    if len(given) < APPROVALS_MIN:
        detail = f"two others of us approve it: tenure staff approve {request_hash.hex()}"
        return Refused(Refusal.APPROVALS_MISSING, detail)
    order = {"body": body, "reference": ask.order.reference, "sha256": ask.order.sha256}
    return canonical(order), sorted(one.approved_by for one in given)


async def _written(
    tx: Transaction, ask: Ask, selection: Selection, leaving: Leaving, new: Disclosure
) -> bytes:
    """Write the payload, a line a person after a line about it; its SHA-256."""
    digest = hashlib.sha256()
    leaving.begin()
    span = store.span_of(ask.since, ask.until, new.at)
    line = (canonical(_heading(new)) + "\n").encode()
    digest.update(line)
    leaving.write(line)
    after = store.EVERYBODY_FROM
    sources = rules.sources(register.rows())
    await store.read_as(tx, selection.agreement.role)
    while found := await store.page(tx, (selection, sources), after, ask.numbers, span):
        part = "".join(f'{{"subject": "{ref}", "held": {held}}}\n' for _, ref, held in found)
        digest.update(part.encode())
        leaving.write(part.encode())
        after = found[-1][0]
    await store.read_as_before(tx)
    return digest.digest()


def _heading(new: Disclosure) -> dict[str, Plain]:
    """What the recipient reads first: by what they have it, and for what alone."""
    agreement = new.agreement
    return {
        "disclosure": str(new.disclosure_id),
        "recipient": agreement.recipient,
        "agreement": agreement.version,
        "purpose": agreement.purpose,
        "basis": agreement.basis.value,
        "country": agreement.country,
        "measure": rules.measure_of(agreement),
        "fields": list(new.fields),
        "at": iso(new.at),
        "period": new.period,
    }


async def _logged(
    tx: Transaction, new: Disclosure, signed: tuple[str, list[int]] | None, act: Act
) -> Disclosure:
    agreement = new.agreement
    said: dict[str, Plain] = {
        "recipient": agreement.recipient,
        "agreement": agreement.version,
        "class": agreement.class_,
        "basis": agreement.basis.value,
        "country": agreement.country,
        "measure": rules.measure_of(agreement),
        "purpose": agreement.purpose,
        "fields": list(new.fields),
        "subjects": new.subjects,
        "payload": new.payload_sha256.hex(),
        "report": new.report,
        "period": new.period,
    }
    about = {"disclosure": str(new.disclosure_id)}
    if signed is not None:
        order, approvers = signed
        about["order"] = msgspec.json.decode(order)["reference"]
        about["approvers"] = " ".join(map(str, approvers))
    leaf_seq = await record.append(tx, act, "privacy.disclosed", said, about)
    order_text = None if signed is None else signed[0]
    await store.disclose(tx, new, order_text, act.by, leaf_seq)
    return msgspec.structs.replace(new, leaf_seq=leaf_seq)


async def reports_due(tx: Transaction, terms: Terms, at: Instant) -> list[ReportDue]:
    """The standing reports whose period is over and that did not leave."""
    return rules.due(terms, await store.reported(tx), at)


async def disclosed_to(tx: Transaction, person_id: int) -> list[DisclosedTo]:
    """To whom what is held of this person was given, oldest first: theirs, and of no other holder
    of their numbers (PRV-RIGHTS)."""
    return await store.disclosed_to(tx, person_id)


async def fits(tx: Transaction, terms: Terms) -> bool:
    """Whether the database enforces the agreements of the pack."""
    return await store.fits(tx, canonical(rules.published(terms)))


async def keep(tx: Transaction, terms: Terms, act: Act) -> bool:
    """Have the database enforce the agreements of the pack; whether it did not before.

    Only as the owner (``perform_as_owner``): the application cannot agree to anything by itself.
    """
    wanted = canonical(rules.published(terms))
    if await store.fits(tx, wanted):
        return False
    said: dict[str, Plain] = {"sha256": hashlib.sha256(wanted.encode()).hexdigest()}
    await record.append(tx, act, "privacy.agreements_published", said, {})
    await store.publish(tx, wanted)
    return True
