"""By the record itself: a leaf deleted, a backup edited and restored, the log's key stolen."""

import asyncio
import http.client
from typing import Final
from urllib.parse import urlsplit

from tenure.commands.connect import act_of
from tenure.commands.prove.cast import EMPLOYEE
from tenure.commands.prove.scene import Scene
from tenure.commands.prove.stage import published
from tenure.commands.prove.ways.stored import ALONE, ask_network, edits, leaf_of_transfer
from tenure.gateways.hlr.translate.dossier import Before, Dossier
from tenure.gateways.hlr.translate.judging import judged
from tenure.gateways.witness.server import Signer
from tenure.gateways.witness.wire import PATH, TEXT_TYPE, AddCheckpoint, encoded
from tenure.postgres import backups
from tenure.postgres.transaction import Transaction, perform
from tenure.postgres.trying import statement
from tenure.promises.record import operations as record
from tenure.promises.record import rules
from tenure.promises.record.model import Checkpoint, Leaf, Receipt
from tenure.promises.staff import operations as staff
from tenure.values.refused import Refused

SIGNED_AGAIN_SECONDS: Final = 3.0


async def leaf_deleted(scene: Scene) -> None:
    """A superuser edits, asks the network, and lets the leaf vanish before it has a place."""
    async with scene.superuser(ALONE) as connection:
        await scene.begin()
        async with connection.transaction():
            for text in edits(scene.owner):
                await statement(connection, text)
            seq = await leaf_of_transfer(connection, scene)
            await ask_network(connection, scene, seq)
            await _vanish(connection, seq)
    await scene.is_told()
    scene.meets("no leaf, so no proof: NOT_PUBLISHED for ever", "the network's task")


async def _vanish(tx: Transaction, seq: int) -> None:
    for table, column in (("unsequenced", "leaf_seq"), ("opening", "leaf_seq"), ("leaf", "seq")):
        text = f"DELETE FROM record.{table} WHERE {column} = {seq}"  # noqa: S608 -- an attacker types
        await statement(tx, text)


async def backup(scene: Scene) -> None:
    """The database is dumped, edited, and put in the place of the running one."""
    stage = scene.stage
    cluster = stage.cluster
    copy = await asyncio.to_thread(backups.copied, cluster)
    # What is recorded from here on is in no backup: something always is.
    await perform(stage.pool, staff.report, EMPLOYEE, act_of("chan", scene.now))
    await published(stage)
    async with scene.superuser(ALONE, database=copy) as connection:
        for text in edits(scene.owner):
            await statement(connection, text)
        seq = await leaf_of_transfer(connection, scene)
        await ask_network(connection, scene, seq)
    await scene.begin()
    aside = await backups.swapped(cluster, copy)
    try:
        await scene.is_told()
        await scene.until_trouble()
        scene.meets(stage.publisher.trouble or "the record went on", "the signer")
        await _witnesses(scene)
    finally:
        await backups.swapped(cluster, aside)
        await published(stage)


async def _witnesses(scene: Scene) -> None:
    """What the witnesses say of the log as it is in the restored database."""
    standing = await perform(scene.stage.pool, record.log.standing)
    assert standing is not None
    head = await perform(scene.stage.pool, record.log.head, standing.log)
    if isinstance(head, Refused):
        scene.meets(head, "its tree")
        return
    await _shown(scene, head, "as the restored database has it")


async def stolen_key(scene: Scene) -> None:
    """The log's key signs a rewritten log, in which the number was the buyer's from the start."""
    stage = scene.stage
    await scene.begin()
    forged, head, leaf = await perform(stage.pool, _rewritten, scene)
    note = await _shown(scene, head, "the rewritten log")
    receipt = Receipt(leaf.body, leaf.openings, forged, (), note)
    settings = stage.network.settings
    found = judged(Dossier(scene.owner.msisdn, receipt), Before(None, None), settings.trusted)
    said = f"{found.refusal.name} {found.detail}" if isinstance(found, Refused) else "BELIEVED"
    scene.meets(said, "the network, shown the forged leaf")
    async with scene.superuser(ALONE) as connection, connection.transaction():
        for text in edits(scene.owner):
            await statement(connection, text)
    await scene.is_told()


async def _rewritten(tx: Transaction, scene: Scene) -> tuple[int, Checkpoint, Leaf]:
    """The place of the leaf that was rewritten, the state of the log then, and the leaf."""
    log = await record.log.current(tx)
    assert log is not None
    size = await record.log.size(tx, log)
    seqs = await record.log.seqs(tx, log, 0, size)
    bodies = await record.sightings.bodies(tx, seqs)
    (sale, *_) = await record.sightings.leaves_about(
        tx, ["numbers.activated"], "msisdn", [str(scene.owner.msisdn)]
    )
    forged = rules.leaf(
        scene.act(),
        "numbers.activated",
        {"opened_as": "first-sale"},
        {
            "msisdn": str(scene.owner.msisdn),
            "holder": str(scene.owner.buyer),
            "iccid": str(scene.owner.spare.iccid),
            "imsi": str(scene.owner.spare.imsi),
        },
    )
    hashes = [forged.leaf_hash if seq == sale else rules.leaf_hash(bodies[seq]) for seq in seqs]
    tiles = rules.grown(0, {}, hashes)
    root = rules.root(size, rules.Reader(tiles))
    return seqs.index(sale), Checkpoint(log.origin, size, root), forged


async def _shown(scene: Scene, head: Checkpoint, what: str) -> str:
    """Signed with the key of the log, and shown to each witness: what each answers."""
    text = rules.checkpoint_text(head)
    signer = scene.stage.publisher.signer
    note = rules.assembled(text, [rules.signed(one, text) for one in _stolen(signer)])
    for witness in scene.stage.publisher.witnesses:
        # The size that the witness has seen, which it tells to anybody who asks.
        _, seen = await asyncio.to_thread(_posted, witness.url, encoded(AddCheckpoint(0, (), note)))
        old = int(seen) if seen.isdecimal() else 0
        body = encoded(AddCheckpoint(min(old, head.size), (), note))
        status, answer = await asyncio.to_thread(_posted, witness.url, body)
        scene.meets(f"{status} {answer}".strip(), f"{witness.key.name}, shown {what}")
    return note


def _stolen(signer: Signer) -> list[rules.Secret]:
    """The secret keys of the log, read from its own file."""
    lines = (signer.folder / "keys").read_text(encoding="utf-8").split()
    return [rules.secret_of(line) for line in lines]


def _posted(url: str, body: bytes) -> tuple[int, str]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    connection.request("POST", parts.path + PATH, body, {"Content-Type": TEXT_TYPE})
    answer = connection.getresponse()
    said = answer.read().decode("utf-8", "replace").strip().splitlines()
    connection.close()
    return answer.status, said[0][:60] if said else ""
