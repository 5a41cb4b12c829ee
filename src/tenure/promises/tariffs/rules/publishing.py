"""Whether a version may be published, and which versions price usage: pure."""

import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec

from tenure.promises.tariffs.model.publishing import (
    Considered,
    PublishedVersion,
    PublishRefusal,
    VersionState,
)
from tenure.promises.tariffs.rules.changes import affected
from tenure.terms.pricelist import Pack, Version
from tenure.values.instant import DAY_MS, MINUTE_MS, NEVER, Instant, iso
from tenure.values.refused import Refused

LEARN_MS: Final = 10 * MINUTE_MS
"""How long before it is in force a version is confirmed: every process looks once a minute."""

_json = msgspec.json.Encoder(order="sorted").encode


def digest_of(version: Version) -> bytes:
    """SHA-256 of what a price list says: its rows, bands and rounding, every quantity in units.

    Remarks, order of columns and line numbers are not in it; whatever would change a price is.
    """
    rows = [
        {name: value for name, value in msgspec.structs.asdict(row).items() if name != "line"}
        for row in version.rows
    ]
    said = {
        "version": version.version_id,
        "rounding": version.rounding,
        "bands": sorted(map(msgspec.structs.astuple, version.bands)),
        "rows": sorted(rows, key=_json),
    }
    return hashlib.sha256(_json(said)).digest()


def founding(pack: Pack, at: Instant) -> tuple[Version, ...]:
    """The versions that were in force, or had been, when a database begins."""
    return tuple(version for version in pack.versions if version.effective_from <= at)


def notice_ms(pack: Pack) -> int:
    """GTC-CHANGE: how long everybody affected knows it before."""
    return pack.terms.change.notice_days * DAY_MS


def waiting(known: Sequence[PublishedVersion]) -> PublishedVersion | None:
    """The version that is announced and neither confirmed nor withdrawn."""
    return next(
        (one for one in known if one.confirmed_at is None and one.withdrawn_at is None), None
    )


def confirmed(known: Sequence[PublishedVersion]) -> list[PublishedVersion]:
    """The versions with an instant from which they are in force, in that order."""
    found = [one for one in known if one.in_force_from is not None and one.withdrawn_at is None]
    return sorted(found, key=lambda one: one.in_force_from or NEVER)


def new_versions(pack: Pack, known: Sequence[PublishedVersion]) -> list[str]:
    """The versions of a pack that are not on record."""
    names = {one.version_id for one in known}
    return [one.version_id for one in pack.versions if one.version_id not in names]


def chosen(
    pack: Pack, version_id: str, known: Sequence[PublishedVersion]
) -> str | Refused[PublishRefusal]:
    """The version that is meant: the one that is named, or the only one that is new."""
    new = new_versions(pack, known)
    if version_id:
        return version_id
    if len(new) == 1:
        return new[0]
    said = f"name one of {', '.join(new)}" if new else "every version of the pack is on record"
    return Refused(PublishRefusal.UNKNOWN_VERSION, said)


def _body(pack: Pack, new: Version, offers: Sequence[str]) -> str:
    """Exactly what two humans agree to."""
    said = {
        "kind": "tariff.publish",
        "operator": pack.terms.operator,
        "version": new.version_id,
        "digest": digest_of(new).hex(),
        "offers": list(offers),
        "effective_from_ms": new.effective_from,
        "notice_ms": notice_ms(pack),
    }
    return _json(said).decode()


def publishable(
    pack: Pack, version_id: str, known: Sequence[PublishedVersion], at: Instant
) -> Considered | Refused[PublishRefusal]:
    """A version and what it would change, if it may be published now.

    GTC-CHANGE: refuses an early date, and says the earliest lawful one.
    """
    found = {one.version_id: one for one in pack.versions}
    new, in_force = found.get(version_id), confirmed(known)
    if new is None:
        names = ", ".join(found)
        return Refused(
            PublishRefusal.UNKNOWN_VERSION, f"the pack has no {version_id}; it has {names}"
        )
    if not in_force:
        detail = "no version is on record yet; tenure up, or tenure tariff show, founds the record"
        return Refused(PublishRefusal.NOT_FOUNDED, detail)
    refused = _on_record(version_id, known) or _too_early(pack, new, in_force[-1], at)
    if refused is not None:
        return refused
    former = found.get(in_force[-1].version_id)
    if former is None:
        return missing(in_force[-1].version_id)
    offers = affected(pack.terms.offers, former, new)
    return Considered(former, new, offers, _body(pack, new, offers))


def _on_record(
    version_id: str, known: Sequence[PublishedVersion]
) -> Refused[PublishRefusal] | None:
    if any(one.version_id == version_id for one in known):
        detail = f"{version_id} is on record already; a corrected price list gets another name"
        return Refused(PublishRefusal.PUBLISHED_ALREADY, detail)
    other = waiting(known)
    if other is not None:
        detail = f"{other.version_id} is announced; wait for it, or withdraw it"
        return Refused(PublishRefusal.ANOTHER_ANNOUNCED, detail)
    return None


def _too_early(
    pack: Pack, new: Version, former: PublishedVersion, at: Instant
) -> Refused[PublishRefusal] | None:
    if notice_ms(pack) < former.notice_ms:
        detail = f"{former.notice_ms // DAY_MS} days of notice were promised; the pack says fewer"
        return Refused(PublishRefusal.NOTICE_SHORTER, detail)
    if former.in_force_from is not None and new.effective_from <= former.in_force_from:
        detail = f"{former.version_id} is in force from {iso(former.in_force_from)} on"
        return Refused(PublishRefusal.BEFORE_THE_FORMER, detail)
    if new.effective_from < earliest(pack, at):
        detail = (
            f"it would be in force from {iso(new.effective_from)} on; with "
            f"{pack.terms.change.notice_days} days of written notice the earliest lawful instant "
            f"is {iso(earliest(pack, at))} (GTC-CHANGE), and all notices have to be sent before: "
            "leave some days more"
        )
        return Refused(PublishRefusal.TOO_EARLY, detail)
    silent = [one for one in pack.terms.languages if not new.summary.get(one, "").strip()]
    if silent:
        detail = (
            f"what changed is not said in {', '.join(silent)}; add it to the table [summary] of "
            f"tariffs/{new.version_id}/version.toml"
        )
        return Refused(PublishRefusal.SUMMARY_MISSING, detail)
    return None


def earliest(pack: Pack, at: Instant) -> Instant:
    """From when a version that is published now may be in force at the earliest."""
    return Instant(at + notice_ms(pack))


def begins(version: PublishedVersion, at: Instant) -> Instant:
    """From when an announced version can be in force if it is confirmed now.

    On the day that was announced, or later if somebody heard of it late: never for the past, and
    with time for every process to learn of it.
    """
    return Instant(max(version.effective_from, at + LEARN_MS))


def withdrawable(
    known: Sequence[PublishedVersion], version_id: str, reason: str, at: Instant
) -> PublishedVersion | Refused[PublishRefusal]:
    """The version that can be withdrawn: announced or confirmed, and not yet in force."""
    found = next((one for one in known if one.version_id == version_id), None)
    if found is None or found.withdrawn_at is not None:
        return Refused(PublishRefusal.NOT_ANNOUNCED, f"{version_id} is not announced")
    if found.in_force_from is not None and at + LEARN_MS >= found.in_force_from:
        detail = f"{version_id} is in force, or will be in a moment; publish another version"
        return Refused(PublishRefusal.IN_FORCE_ALREADY, detail)
    if not reason.strip():
        return Refused(PublishRefusal.REASON_MISSING, "say why it is withdrawn")
    return found


def timeline(pack: Pack, known: Sequence[PublishedVersion]) -> Pack | Refused[PublishRefusal]:
    """The pack with the versions that are in force by the record, from when they are.

    A version that was never confirmed prices nothing, whatever day its file names.  Files that say
    something else than what was published are refused: nothing is priced by them.
    """
    found = {one.version_id: one for one in pack.versions}
    for one in known:
        version = found.get(one.version_id)
        if version is not None and digest_of(version) != one.digest:
            detail = (
                f"tariffs/{one.version_id} is not what was published; restore its files, and give "
                "a changed price list another name"
            )
            return Refused(PublishRefusal.PRICES_CHANGED, detail)
    chosen = []
    for one in confirmed(known):
        version = found.get(one.version_id)
        if version is None:
            return missing(one.version_id)
        assert one.in_force_from is not None
        # A version holds until the next one is in force, which may be later than its file says.
        chosen.append(
            msgspec.structs.replace(version, effective_from=one.in_force_from, effective_until=None)
        )
    return msgspec.structs.replace(pack, versions=tuple(chosen))


def missing(version_id: str) -> Refused[PublishRefusal]:
    """A version on record has no files."""
    detail = f"{version_id} is in force and not in the pack; restore tariffs/{version_id}"
    return Refused(PublishRefusal.VERSION_MISSING, detail)


def state(
    known: Sequence[PublishedVersion], version: PublishedVersion, at: Instant
) -> VersionState:
    """Where a version is at an instant."""
    if version.withdrawn_at is not None:
        return VersionState.WITHDRAWN
    if version.in_force_from is None:
        return VersionState.ANNOUNCED
    if at < version.in_force_from:
        return VersionState.CONFIRMED
    later = [one for one in confirmed(known) if (one.in_force_from or NEVER) <= at]
    return VersionState.IN_FORCE if later[-1] == version else VersionState.REPLACED
