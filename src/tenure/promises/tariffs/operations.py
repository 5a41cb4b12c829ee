"""What may be asked of tariffs: which versions are in force, and to publish or withdraw one.

Prices are files of the pack.  Which of them hold, and from when, is what the record says.
"""

import hashlib

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Audience, Campaign, NewCampaign, NoticeKind
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import NOBODY_OF_OURS
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.tariffs import store
from tenure.promises.tariffs.model.publishing import (
    Considered,
    PublishedVersion,
    PublishRefusal,
    PublishRequest,
    Untold,
)
from tenure.promises.tariffs.rules import publishing as rules
from tenure.terms.pricelist import Pack
from tenure.values.instant import NEVER, Instant, iso
from tenure.values.refused import Refused

APPROVAL = "tariff.publish"
"""The kind of request that a second human approves."""


async def versions(tx: Transaction, operator: str) -> list[PublishedVersion]:
    """Every version on record."""
    return await store.versions(tx, operator)


async def found(tx: Transaction, pack: Pack, act: Act) -> list[PublishedVersion]:
    """The versions on record; before there is any, those that are in force at the instant begin it.

    What the pack announces for later is not among them: it has to be published, and told.
    """
    operator = pack.terms.operator
    known = await store.versions(tx, operator)
    chosen = rules.founding(pack, act.at)
    if known or not chosen:
        return known
    said: dict[str, Plain] = {
        "operator": operator,
        "versions": [one.version_id for one in chosen],
        "digests": [rules.digest_of(one).hex() for one in chosen],
    }
    leaf_seq = await record.append(tx, act, "tariffs.founded", said, {})
    rows = [(one.version_id, rules.digest_of(one), one.effective_from) for one in chosen]
    await store.found(tx, operator, rows, rules.notice_ms(pack), act.by, leaf_seq, act.at)
    return await store.versions(tx, operator)


async def timeline(tx: Transaction, pack: Pack, act: Act) -> Pack | Refused[PublishRefusal]:
    """The pack as usage is priced by it: with the versions in force by the record, and no others.

    The first one to ask on a new database founds the record.
    """
    return rules.timeline(pack, await found(tx, pack, act))


async def consider(
    tx: Transaction, pack: Pack, version_id: str, act: Act
) -> Considered | Refused[PublishRefusal]:
    """What publishing a version would change, if it may be published now; "" names the only new."""
    known = await found(tx, pack, act)
    version = rules.chosen(pack, version_id, known)
    if isinstance(version, Refused):
        return version
    return rules.publishable(pack, version, known, act.at)


async def ask(
    tx: Transaction, considered: Considered, act: Act
) -> PublishRequest | Refused[StaffRefusal]:
    """Ask for a version to be published: a second human approves the hash of exactly this.

    The same asked again is the same request.
    """
    request_hash = hashlib.sha256(considered.text.encode()).digest()
    known = await staff.asked(tx, request_hash)
    if known is not None:
        return PublishRequest(request_hash, considered.text, known.until)
    kept = await staff.ask(tx, APPROVAL, request_hash, act)
    if isinstance(kept, Refused):
        return kept
    said: dict[str, Plain] = {"kind": APPROVAL, "request_hash": request_hash.hex()}
    await record.append(tx, act, "tariffs.requested", said, {})
    return PublishRequest(request_hash, considered.text, kept.until)


async def publish(
    tx: Transaction, pack: Pack, version_id: str, page: str, act: Act
) -> tuple[PublishedVersion, Campaign | None] | Refused[PublishRefusal]:
    """Publish a version that somebody else approved, and open the campaign that tells of it.

    Subscribers are told when it takes effect, the summary of the price list in their language, and
    the page where all of it stands.  The campaign is None when no price of anybody differs.
    """
    considered = await consider(tx, pack, version_id, act)
    if isinstance(considered, Refused):
        return considered
    new, offers = considered.new, considered.offers
    approver = await _approver(tx, hashlib.sha256(considered.text.encode()).digest(), act.at)
    if isinstance(approver, Refused):
        return approver
    campaign = await _campaign(tx, pack, considered, page, act) if offers else None
    digest = rules.digest_of(new)
    said: dict[str, Plain] = {
        "operator": pack.terms.operator,
        "version": new.version_id,
        "digest": digest.hex(),
        "effective_from": iso(new.effective_from),
        "offers": list(offers),
    }
    leaf_seq = await record.append(tx, act, "tariffs.published", said, {})
    version = PublishedVersion(
        operator=pack.terms.operator,
        version_id=new.version_id,
        digest=digest,
        effective_from=new.effective_from,
        founding=False,
        notice_ms=rules.notice_ms(pack),
        published_at=act.at,
        published_by=act.by,
        offers=offers,
        campaign_id=None if campaign is None else campaign.campaign_id,
        confirmed_at=None,
        in_force_from=None,
        withdrawn_at=None,
        withdrawn_because=None,
    )
    await store.publish(tx, version, considered.text, approver, leaf_seq)
    return version, campaign


async def _approver(
    tx: Transaction, request_hash: bytes, at: Instant
) -> int | Refused[PublishRefusal]:
    request = await staff.asked(tx, request_hash)
    if request is None or request.requested_by == NOBODY_OF_OURS or at >= request.until:
        return Refused(PublishRefusal.NOT_REQUESTED, "ask for it first: tenure tariff publish")
    given = await staff.approvals(tx, request_hash, at)
    if not given:
        detail = f"another of us has to approve it: tenure staff approve {request_hash.hex()}"
        return Refused(PublishRefusal.APPROVAL_MISSING, detail)
    return given[0].approved_by


async def _campaign(
    tx: Transaction, pack: Pack, considered: Considered, page: str, act: Act
) -> Campaign:
    new = considered.new
    when = iso(new.effective_from)
    facts = {
        language: {"effective_at": when, "summary": new.summary[language], "page": page}
        for language in pack.terms.languages
    }
    campaign = await notices.campaigns.open_one(
        tx,
        NewCampaign(
            key=f"tariff {pack.terms.operator} {new.version_id}",
            kind=NoticeKind.TARIFF_CHANGE,
            audience=Audience(considered.offers),
            facts=facts,
            prevailing=pack.terms.prevailing_language,
            # Whoever hears of it late moves the day: it goes on until the version is in force.
            until=NEVER,
        ),
        act,
    )
    assert not isinstance(campaign, Refused), "a version is published once"
    return campaign


async def put_in_force(
    tx: Transaction, operator: str, act: Act
) -> PublishedVersion | Untold | None:
    """Confirm the announced version if everybody affected was told in time; time causes this.

    None: no version is announced.  Untold: who is missing, and nothing was changed.
    """
    version = rules.waiting(await store.versions(tx, operator))
    if version is None:
        return None
    begins = rules.begins(version, act.at)
    missing = await store.untold(tx, version, Instant(begins - version.notice_ms))
    if missing.lines:
        return missing
    said: dict[str, Plain] = {
        "operator": operator,
        "version": version.version_id,
        "digest": version.digest.hex(),
        "in_force_from": iso(begins),
    }
    leaf_seq = await record.append(tx, act, "tariffs.in_force", said, {})
    await store.put_in_force(tx, version, begins, leaf_seq, act.at)
    return msgspec.structs.replace(version, confirmed_at=act.at, in_force_from=begins)


async def untold(tx: Transaction, version: PublishedVersion, at: Instant) -> Untold:
    """Who keeps an announced version from being confirmed at an instant."""
    begins = rules.begins(version, at)
    return await store.untold(tx, version, Instant(begins - version.notice_ms))


async def who_is_untold(
    tx: Transaction, version: PublishedVersion, at: Instant, after: str = "", limit: int = 1_000
) -> list[str]:
    """The numbers that keep an announced version from being confirmed, a page in order."""
    begins = rules.begins(version, at)
    return await store.who(tx, version, Instant(begins - version.notice_ms), after, limit)


async def withdraw(
    tx: Transaction, operator: str, version_id: str, act: Act
) -> PublishedVersion | Refused[PublishRefusal]:
    """Take back a version that is not in force, for a reason; its campaign tells nobody else."""
    known = await store.versions(tx, operator)
    version = rules.withdrawable(known, version_id, act.reason, act.at)
    if isinstance(version, Refused):
        return version
    said: dict[str, Plain] = {"operator": operator, "version": version_id}
    leaf_seq = await record.append(tx, act, "tariffs.withdrawn", said, {})
    await store.withdraw(tx, version, act.reason, leaf_seq, act.at)
    if version.campaign_id is not None:
        await notices.campaigns.cancel(tx, version.campaign_id, act)
    return msgspec.structs.replace(version, withdrawn_at=act.at, withdrawn_because=act.reason)
