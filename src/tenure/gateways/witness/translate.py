"""What a witness answers, and what a signer may sign: from what was seen before, and a proof."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

import msgspec

from tenure.gateways.witness import wire
from tenure.promises.record import rules
from tenure.promises.record.model import Checkpoint, Refusal
from tenure.promises.record.rules import Key, MalformedError
from tenure.values.refused import Refused


class Answer(msgspec.Struct, frozen=True):
    """What is answered over HTTP when there is no cosignature."""

    status: HTTPStatus
    body: str
    content_type: str = wire.TEXT_TYPE


class Cosign(msgspec.Struct, frozen=True):
    """This may be cosigned, once it has been noted as seen."""

    checkpoint: Checkpoint
    text: str
    """What is signed: the note without signatures."""


def nothing(origin: str) -> Checkpoint:
    """What a witness has seen of a log that it never saw."""
    return Checkpoint(origin, 0, rules.EMPTY_ROOT)


def origin_of(request: wire.AddCheckpoint) -> str:
    """The log that asks, in its own words; nothing of it is verified yet."""
    return request.note.partition("\n")[0]


def judged(request: wire.AddCheckpoint, keys: Sequence[Key], seen: Checkpoint) -> Cosign | Answer:
    """What tlog-witness demands, in its order.

    ``keys`` are those that are trusted for the origin of the request, ``seen`` is the latest
    checkpoint of it that was cosigned.
    """
    if not keys:
        return Answer(HTTPStatus.NOT_FOUND, "this witness does not know this log\n")
    try:
        note = rules.note_of(request.note)
        checkpoint = rules.checkpoint_of(note.text)
    except MalformedError as wrong:
        return Answer(HTTPStatus.BAD_REQUEST, f"{wrong}\n")
    if not rules.signers(note, keys):
        return Answer(HTTPStatus.FORBIDDEN, "no key that is trusted has signed this checkpoint\n")
    return _compared(request, checkpoint, seen) or Cosign(checkpoint, note.text)


def _compared(
    request: wire.AddCheckpoint, checkpoint: Checkpoint, seen: Checkpoint
) -> Answer | None:
    """What is wrong with a signed checkpoint, in the light of what was seen before."""
    if request.old_size > checkpoint.size:
        return Answer(HTTPStatus.BAD_REQUEST, "the old size is larger than the checkpoint's\n")
    same = checkpoint.size == seen.size
    if request.old_size != seen.size or (same and checkpoint.root != seen.root):
        return Answer(HTTPStatus.CONFLICT, f"{seen.size}\n", wire.SIZE_TYPE)
    if not follows(seen, checkpoint, request.proof):
        return Answer(
            HTTPStatus.UNPROCESSABLE_ENTITY, "the proof does not show that the log only grew\n"
        )
    return None


def follows(seen: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the new state begins as the one that was seen."""
    if seen.size == 0:
        return not proof and (new.size > 0 or new.root == rules.EMPTY_ROOT)
    return rules.consistent(seen.size, seen.root, new.size, new.root, proof)


SMALLER: Final = Refused(
    Refusal.SMALLER_THAN_SIGNED,
    "the signer has signed a longer log: leaves are gone (a restored backup?);"
    " see the procedure for a dead log in docs/promises/record.md",
)
OTHER: Final = Refused(
    Refusal.NOT_CONSISTENT,
    "the log does not begin as what was signed before: something in it was changed;"
    " see: tenure record verify",
)
NOT_OURS: Final = Refused(Refusal.UNKNOWN_LOG, "this signer is of another log")


def signable(
    signed: Checkpoint, new: Checkpoint, proof: Sequence[bytes]
) -> Refused[Refusal] | None:
    """Why a signer that signed this last does not sign the new state; None if it does."""
    if new.origin != signed.origin:
        return NOT_OURS
    if new.size < signed.size:
        return SMALLER
    return None if follows(signed, new, proof) else OTHER


def trusted(vkeys: Sequence[str]) -> Mapping[str, Sequence[Key]]:
    """The keys of logs by origin; MalformedError says which cannot be read."""
    found: dict[str, list[Key]] = {}
    for vkey in vkeys:
        key = rules.key_of(vkey)
        if key.kind is not rules.Kind.NOTE:
            raise MalformedError("the key of a log signs notes; this one cosigns")
        found.setdefault(key.name, []).append(key)
    return found
