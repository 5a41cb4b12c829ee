"""Gathers a dossier from the database; nothing in it is believed for coming from there."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from tenure.gateways.hlr.translate.asking import KEY_ADDED
from tenure.gateways.hlr.translate.dossier import Approved, Asked, Dossier, Given
from tenure.postgres.transaction import Transaction
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Papers, Signed, Task
from tenure.promises.record import operations as record
from tenure.promises.record.model import Receipt

OPENED: Final = ("msisdn", "imsi", "iccid", "old_imsi", "holder", "from", "to")
"""What of a leaf the network may see: never who acted, or why."""
OF_A_KEY: Final = ("person", "human", "credential", "public_key")


async def dossier_of(tx: Transaction, task: Task) -> Dossier | None:
    """What there is to show for a task; None while the witnesses have not seen it."""
    receipts = await record.sightings.first_receipts(tx, [task.leaf_seq], OPENED)
    receipt = receipts.get(task.leaf_seq)
    if receipt is None:
        return None
    hashed = request_hash(receipt)
    papers = None if hashed is None else await numbers.network.papers(tx, hashed)
    if papers is None:
        return Dossier(task.msisdn, receipt)
    signed = (*papers.consents, *papers.approvals)
    key_seqs = await record.sightings.leaves_about(
        tx,
        list(KEY_ADDED),
        "credential",
        sorted({one.assertion.credential_id.hex() for one in signed}),
    )
    first = await record.sightings.first_receipts(tx, [papers.leaf_seq, *key_seqs], OF_A_KEY)
    if papers.leaf_seq not in first:
        return Dossier(task.msisdn, receipt)
    return Dossier(task.msisdn, receipt, _asked(papers, key_seqs, first))


def request_hash(receipt: Receipt) -> bytes | None:
    """Which request the leaf names; only to find it: the judge reads the leaf again."""
    try:
        said = json.loads(receipt.leaf)["said"]
        return bytes.fromhex(said["request_hash"])
    except (ValueError, KeyError, TypeError):
        return None


def _asked(papers: Papers, key_seqs: Sequence[int], first: Mapping[int, Receipt]) -> Asked:
    return Asked(
        first[papers.leaf_seq],
        papers.body,
        tuple(_given(one) for one in papers.consents),
        tuple(Approved(one.who, one.assertion) for one in papers.approvals),
        tuple(first[seq] for seq in key_seqs if seq in first),
    )


def _given(signed: Signed) -> Given:
    return Given(signed.party, signed.who, signed.witness, signed.assertion)
