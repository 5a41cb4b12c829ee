"""What came of an attack: whether the network serves somebody else, who was told, and the proof."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tenure.commands.prove.model import Proof, Row, Told
from tenure.commands.prove.scene import Scene
from tenure.commands.prove.stage import Stage, published
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.notices import operations as notices
from tenure.promises.numbers import operations as numbers
from tenure.promises.record import operations as record
from tenure.promises.record import rules
from tenure.promises.record.model import Receipt

SHOWING: Final = (
    "numbers.attempted",
    "numbers.alarm",
    "numbers.requested",
    "numbers.stopped",
    "numbers.transferred",
)
"""Kinds of leaves that show an attempt, the plainest first."""
TOLD_MAX: Final = 10_000
VERIFIER: Final = Path(__file__).parents[4] / "tools" / "verify_receipt.py"
RECEIPTS: Final = "receipts"


async def served_otherwise(scene: Scene) -> bool:
    """Whether the network came to believe in somebody else than the owner, or in another SIM."""
    gateway, owner = scene.stage.network, scene.owner
    known = gateway.memory.find(owner.msisdn)
    if known is None or known.holder != str(owner.person) or known.imsi not in scene.sims:
        return True
    (reached,) = await gateway.register.believed([owner.msisdn])
    return reached is None or reached.imsi not in scene.sims


async def doubts(scene: Scene) -> list[str]:
    """Why the network does not act on what it is asked about the number."""
    after, found = 0, []
    while some := await perform(scene.stage.pool, numbers.network.tasks, after):
        found += [task.problem for task in some if task.msisdn == scene.owner.msisdn]
        after = some[-1].task_id
    return [f"the network: {problem}" for problem in found if problem]


async def alarms(scene: Scene) -> list[str]:
    """In what the auditor found record and tables to differ."""
    found = await perform(scene.stage.pool, numbers.register.alarms_open)
    wrong = {
        one.difference.wrong.name for one in found if one.difference.msisdn == scene.owner.msisdn
    }
    return [f"the auditor: {name}" for name in sorted(wrong - {"STORE_REFUSED"})]


async def told(scene: Scene) -> Told | None:
    """The first text that left for the owner's number after the attempt began."""
    await scene.is_told()
    left = scene.first_text()
    if left is None:
        return None
    newest = await perform(scene.stage.pool, notices.of_number, scene.owner.msisdn, TOLD_MAX)
    kinds = {one.notice_id: one.telling.kind.value for one in newest}
    kind = kinds.get(left.notice_id, "by the restored database")
    return Told(kind, left.at_seconds - scene.began_seconds)


async def wrong_tables(scene: Scene) -> bool:
    """Whether the tables name somebody else than the owner."""
    holder = await perform(scene.stage.pool, numbers.holding.holder, scene.owner.msisdn)
    return holder is None or holder.holder_id != scene.owner.person


async def newest_leaf(stage: Stage, msisdn: str, before: int) -> tuple[str, int] | None:
    """The newest leaf that shows an attempt on a number, if it is newer than one."""
    return await perform(stage.pool, _newest, msisdn, before)


async def _newest(tx: Transaction, msisdn: str, before: int) -> tuple[str, int] | None:
    for kind in SHOWING:
        seqs = await record.sightings.leaves_about(tx, [kind], "msisdn", [msisdn])
        fresh = [seq for seq in seqs if seq > before]
        if fresh:
            return kind, max(fresh)
    return None


async def proven(stage: Stage, number: str, found: tuple[str, int] | None) -> Proof | None:
    """The leaf, with its receipt as a file, as soon as the witnesses have seen it."""
    if found is None:
        return None
    kind, seq = found
    await published(stage)
    receipt = await perform(stage.pool, record.receipt, seq, ["msisdn"])
    if not isinstance(receipt, Receipt):
        return Proof(seq, kind, None)
    folder = stage.data / RECEIPTS
    folder.mkdir(exist_ok=True)
    path = folder / f"{number}.json"
    path.write_text(rules.paper_text(receipt), encoding="utf-8")
    return Proof(seq, kind, receipt.index, verified=_verified(stage.data, [path]))


def _verified(data: Path, papers: Sequence[Path]) -> bool:
    """Whether the offline verifier, which shares no code with us, agrees."""
    if not VERIFIER.exists():
        return False
    policy = data / "record" / "policy"
    done = subprocess.run(  # noqa: S603 -- our own tool
        [sys.executable, str(VERIFIER), "--policy", str(policy), *map(str, papers)],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


async def row_of(scene: Scene, number: str, name: str, before: int) -> Row:
    """All that came of an attack, once everybody had the time to look at it."""
    told_ = await told(scene)
    reviewers = None if scene.number_known else await scene.alarmed()
    await scene.is_judged()
    effective = await served_otherwise(scene) or scene.broken
    met = [*scene.met, *await doubts(scene), *await alarms(scene)]
    leaf = await newest_leaf(scene.stage, scene.owner.msisdn, before)
    return Row(
        way=number,
        name=name,
        met=tuple(dict.fromkeys(met)),
        effective=effective,
        told=told_,
        proof=await proven(scene.stage, number, leaf),
        wrong_tables=await wrong_tables(scene),
        number_known=scene.number_known,
        reviewers=reviewers,
    )


def elapsed(began_seconds: float) -> float:
    """How long something took."""
    return time.monotonic() - began_seconds
