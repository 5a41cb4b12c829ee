"""What a receipt proves to somebody who trusts certain keys, and nothing and nobody else."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from tenure.promises.record.model import Checkpoint, Opening, Proven, Receipt, Refusal, Trust
from tenure.promises.record.rules import merkle, notes
from tenure.promises.record.rules.leaves import SALT_OCTETS, canonical, commitment, leaf_hash
from tenure.promises.record.rules.notes import MalformedError
from tenure.values.refused import Refused


def verify(receipt: Receipt, trust: Trust) -> Proven | Refused[Refusal]:
    """What the receipt proves, or which part of it does not hold.

    Checked are: the log's signature, the quorum of witnesses, the leaf's place under the root, and
    each opening against its commitment in the leaf.
    """
    believed = believe(receipt.note, trust)
    if isinstance(believed, Refused):
        return believed
    checkpoint, seen_at = believed
    hashed = leaf_hash(receipt.leaf)
    if not merkle.includes(hashed, receipt.index, checkpoint.size, receipt.proof, checkpoint.root):
        return Refused(
            Refusal.NOT_INCLUDED,
            "the leaf is not at this place of the checkpoint; ask for the receipt again,"
            " and show both to the regulator",
        )
    said = _leaf(receipt.leaf)
    if said is None:
        return Refused(Refusal.MALFORMED, "the leaf is not one of ours; ask for the receipt again")
    for opening in receipt.openings:
        if not _opens(opening, said["commitments"]):
            return Refused(
                Refusal.OPENING_WRONG,
                f"what is said to be the {opening.field} is not what the leaf is about",
            )
    return Proven(
        kind=said["kind"],
        at=said["at"],
        said=said["said"],
        about={one.field: one.value for one in receipt.openings},
        commitments=said["commitments"],
        origin=checkpoint.origin,
        index=receipt.index,
        size=checkpoint.size,
        leaf_hash=hashed,
        cosigned_at=seen_at,
    )


def believe(note: str, trust: Trust) -> tuple[Checkpoint, tuple[int, ...]] | Refused[Refusal]:
    """The checkpoint in a note and when the witnesses saw it, if trusted keys have signed it."""
    try:
        read = notes.note_of(note)
        checkpoint = notes.checkpoint_of(read.text)
        logs = [notes.key_of(vkey) for vkey in trust.logs]
        witnesses = [notes.key_of(vkey) for vkey in trust.witnesses]
    except MalformedError as wrong:
        return Refused(Refusal.MALFORMED, f"{wrong}; ask for the receipt again")
    own = [key for key in logs if key.name == checkpoint.origin and key.kind is notes.Kind.NOTE]
    if not own:
        return Refused(
            Refusal.UNKNOWN_LOG, "no key of this log is trusted; add it, if you have reason to"
        )
    if not notes.signers(read, own):
        return Refused(
            Refusal.LOG_SIGNATURE_WRONG, "the log has not signed this checkpoint; do not believe it"
        )
    times = _seen(read, witnesses)
    if len(times) < trust.quorum:
        return Refused(
            Refusal.WITNESSES_MISSING,
            f"{len(times)} of the {trust.quorum} witnesses that are needed have cosigned;"
            " ask again when they have",
        )
    return checkpoint, times


def _seen(note: notes.Note, witnesses: Sequence[notes.Key]) -> tuple[int, ...]:
    """When each trusted witness saw the checkpoint; one key counts once, whatever its names."""
    times: dict[bytes, int] = {}
    for key in witnesses:
        if key.kind is notes.Kind.COSIGNATURE:
            signed = notes.signers(note, [key])
            if signed:
                times.setdefault(key.public, signed[key.vkey])
    return tuple(sorted(times.values()))


def _leaf(body: str) -> Mapping[str, Any] | None:
    """A leaf as it was made: canonical, so that one text is one meaning."""
    try:
        said = json.loads(body)
        if not isinstance(said, dict) or canonical(said) != body:
            return None
    except (ValueError, AssertionError, RecursionError):
        return None
    shape = {"version": int, "kind": str, "at": str, "said": dict, "commitments": dict}
    if set(said) != set(shape) or said["version"] != 1:
        return None
    fits = all(isinstance(said[name], kind) for name, kind in shape.items())
    return said if fits and all(isinstance(c, str) for c in said["commitments"].values()) else None


def _opens(opening: Opening, commitments: Mapping[str, str]) -> bool:
    if len(opening.salt) != SALT_OCTETS:
        return False
    return commitments.get(opening.field) == commitment(opening.salt, opening.value)


def proves(proven: Proven, field: str, salt: bytes, value: str) -> bool:
    """Whether the leaf is about this value, for one that comes by another way than the receipt."""
    return _opens(Opening(field, salt, value), proven.commitments)


def fingerprint(root: bytes) -> str:
    """A root, short enough to be read aloud."""
    digest = hashlib.sha256(root).hexdigest()[:16]
    return "-".join(digest[at : at + 4] for at in range(0, 16, 4))
