"""Whether a dossier proves what the network is to believe: pure, and in one order of doubts."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from tenure.gateways.hlr.translate.asking import doubt_of
from tenure.gateways.hlr.translate.dossier import Before, Dossier, Doubt, Ended, Known
from tenure.gateways.hlr.translate.trust import Trusted
from tenure.promises.record import rules as record
from tenure.promises.record.model import Proven
from tenure.values.msisdn import Imsi
from tenure.values.refused import Refused

ACTIVATED: Final = "numbers.activated"
TRANSFERRED: Final = "numbers.transferred"
SIM_REPLACED: Final = "numbers.sim_replaced"
RECYCLED: Final = "numbers.recycled"
STOPPED: Final = "numbers.stopped"
"""What says that a request ended without effect."""
BARS: Final = frozenset(
    {"numbers.barred", "numbers.lost", "numbers.found", "numbers.suspended", "numbers.resumed"}
)
"""What says in clear how the line is barred afterwards."""
BLOCKED: Final = {"numbers.stage_barred": True, "numbers.stage_unbarred": False}
"""What says that a number has come to the stage without service, or back from it."""
STANDING: Final = BARS | set(BLOCKED)
KINDS: Final = frozenset({ACTIVATED, TRANSFERRED, SIM_REPLACED, RECYCLED, STOPPED}) | STANDING

_IMSI: Final = re.compile(r"[0-9]{14,15}")


def judged(dossier: Dossier, before: Before, trusted: Trusted) -> Known | Ended | Refused[Doubt]:
    """What the dossier proves, or the first reason to doubt it.

    ``before`` is what the network knows by itself.  Nothing of the dossier is believed because it
    was laid before us: everything hangs on a leaf that trusted witnesses have cosigned.
    """
    proven = record.verify(dossier.receipt, trusted.record)
    if isinstance(proven, Refused):
        return Refused(Doubt.DISBELIEVED, proven.refusal.name)
    stops = proven.kind == STOPPED
    doubt = _form(dossier, proven, trusted)
    if doubt is None and not stops:
        doubt = _order(proven, before, trusted)
    if doubt is not None:
        return doubt
    return _stopped(proven) if stops else _told(proven, before, dossier, trusted)


def _told(
    proven: Proven, before: Before, dossier: Dossier, trusted: Trusted
) -> Known | Refused[Doubt]:
    """What is known after a leaf of any kind that changes something."""
    if proven.kind in STANDING:
        return _standing(proven, before, dossier)
    if proven.kind == ACTIVATED:
        return _activated(proven, before, dossier, trusted)
    if proven.kind == RECYCLED:
        return _recycled(proven, before, dossier)
    return _changed(proven, before, dossier, trusted)


def _form(dossier: Dossier, proven: Proven, trusted: Trusted) -> Refused[Doubt] | None:
    """The leaf is of a kind that concerns us, and says which number and SIM it is about."""
    if proven.kind not in KINDS:
        return Refused(Doubt.OTHER_KIND)
    keeps = proven.kind in STANDING or proven.kind == STOPPED
    if "msisdn" not in proven.about or (not keeps and "imsi" not in proven.about):
        return Refused(Doubt.NOT_OPENED)
    if proven.about["msisdn"] != dossier.msisdn:
        return Refused(Doubt.OTHER_NUMBER)
    if keeps:
        return None
    imsi = proven.about["imsi"]
    ours = not trusted.networks or imsi.startswith(trusted.networks)
    return None if _IMSI.fullmatch(imsi) and ours else Refused(Doubt.FOREIGN_SIM)


def _stopped(proven: Proven) -> Ended | Refused[Doubt]:
    """Remembered whatever came since: who agreed and then stopped has not agreed."""
    hashed = proven.said.get("request_hash")
    return Ended(hashed) if isinstance(hashed, str) else Refused(Doubt.NOT_OPENED)


def _order(proven: Proven, before: Before, trusted: Trusted) -> Refused[Doubt] | None:
    """Nothing later was proven: an old leaf, shown again, must not bring back an old SIM."""
    known = before.known
    if known is None:
        return None
    origins = [vkey.partition("+")[0] for vkey in trusted.record.logs]
    if known.origin not in origins:
        return Refused(Doubt.STALE, "the log of what was proven before is trusted no more")
    last = (origins.index(known.origin), known.index)
    now = (origins.index(proven.origin), proven.index)
    return Refused(Doubt.STALE) if now < last else None


def _again(proven: Proven, before: Before) -> bool:
    """It is the very leaf that was proven last: somebody was interrupted."""
    known = before.known
    return known is not None and (known.origin, known.index) == (proven.origin, proven.index)


def _standing(proven: Proven, before: Before, dossier: Dossier) -> Known | Refused[Doubt]:
    """The same SIM and holder, served or not."""
    known = before.known or _known(proven, dossier, before.imsi)
    known = msgspec.structs.replace(known, origin=proven.origin, index=proven.index)
    if proven.kind in BLOCKED:
        return msgspec.structs.replace(known, blocked=BLOCKED[proven.kind])
    line = proven.said.get("line")
    if not isinstance(line, Mapping):
        return Refused(Doubt.NOT_OPENED)
    return msgspec.structs.replace(known, barred=bars(line), lost=lost(line))


def bars(line: Mapping[str, Any]) -> bool:
    """Whether a line that stands so is served for nothing.

    One direction alone is charging's to refuse: the register knows all or nothing.  What is not
    said clearly closes: that is undone in a second, and the other mistake is not.
    """
    both = line.get("bar_outgoing") is not False and line.get("bar_incoming") is not False
    return both or line.get("suspended") is not False


def lost(line: Mapping[str, Any]) -> bool:
    """Whether its SIM is in the wrong hands, or might be."""
    return line.get("lost") is not False


def _activated(
    proven: Proven, before: Before, dossier: Dossier, trusted: Trusted
) -> Known | Refused[Doubt]:
    known = before.known
    if not _again(proven, before):
        # Whoever is reached on the number, be it on this very SIM, has it by another leaf.
        if before.imsi is not None:
            return Refused(Doubt.HELD)
        ended_at = None if known is None else known.ended_at
        if ended_at is not None and proven.cosigned_at[0] - ended_at < trusted.rest:
            return Refused(Doubt.RESTING)
    return _known(proven, dossier, Imsi(proven.about["imsi"]), "holder")


def _recycled(proven: Proven, before: Before, dossier: Dossier) -> Known | Refused[Doubt]:
    imsi = Imsi(proven.about["imsi"])
    if not _again(proven, before) and before.imsi not in (None, imsi):
        return Refused(Doubt.OTHER_SIM)
    known = _known(proven, dossier, None)
    return msgspec.structs.replace(known, ended_at=proven.cosigned_at[-1], gone=(imsi,))


def _changed(
    proven: Proven, before: Before, dossier: Dossier, trusted: Trusted
) -> Known | Refused[Doubt]:
    """Another holder, another SIM, or both: never without a request that all have agreed to."""
    imsi, old = Imsi(proven.about["imsi"]), before.imsi
    replaces, again = proven.kind == SIM_REPLACED, _again(proven, before)
    # Without a memory, the number may be on its new SIM already: we were interrupted.
    if replaces and not again and old not in (None, imsi, proven.about.get("old_imsi")):
        return Refused(Doubt.OTHER_SIM)
    held_by = None if before.known is None else before.known.holder
    named, after = ("holder", "holder") if replaces else ("from", "to")
    if not again and (held_by is None or proven.about.get(named) != held_by):
        return Refused(Doubt.OTHER_HOLDER)
    asked = Refused(Doubt.ENDED) if before.ended else doubt_of(proven, dossier.asked, trusted)
    if isinstance(asked, Refused):
        return asked
    keeps = asked.get("iccid") is None
    if keeps and old not in (None, imsi):
        return Refused(Doubt.OTHER_SIM)
    former = proven.about.get("old_imsi") if replaces else old
    gone = () if former is None or former == imsi else (Imsi(former),)
    known, kept = _known(proven, dossier, imsi, after), before.known
    if kept is None:
        return msgspec.structs.replace(known, gone=gone)
    return msgspec.structs.replace(
        known,
        barred=kept.barred,
        # What was lost is the old SIM.  Other bars are of the line, and stay.
        lost=keeps and kept.lost,
        blocked=kept.blocked,
        gone=kept.gone if again else gone,
    )


def _known(proven: Proven, dossier: Dossier, imsi: Imsi | None, holder: str = "") -> Known:
    """What is known now; ``holder`` names the field of the leaf that says who holds the number."""
    held_by = proven.about.get(holder) if holder else None
    return Known(dossier.msisdn, proven.origin, proven.index, imsi, held_by)
