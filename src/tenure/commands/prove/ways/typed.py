"""By the command line: real programs, which the employee runs with their own passkey."""

import asyncio
import json
import sys

from tenure.commands.prove.cast import EMPLOYEE
from tenure.commands.prove.scene import Scene


async def transfer(scene: Scene) -> None:
    """``tenure number transfer ask``, then ``effect``."""
    await scene.begin()
    owner = scene.owner
    said = await _typed(
        scene, "number", "transfer", "ask", f"+{owner.msisdn}", "--to", str(owner.buyer),
        "--iccid", str(owner.spare.iccid), "--by", EMPLOYEE, *_own(scene), "--json",
    )  # fmt: skip
    request = json.loads(said).get("request", "")
    if not request:
        scene.meets(_why(said), "ask")
        return
    said = await _typed(scene, "number", "transfer", "effect", str(request), "--json")
    scene.meets(_why(said), "effect")


async def sale(scene: Scene) -> None:
    """``tenure number sell`` of a number that is somebody's."""
    await scene.begin()
    owner, terms = scene.owner, scene.stage.cast.pack.terms
    offer = next(offer.name for offer in terms.offers if not offer.postpaid)
    said = await _typed(
        scene, "number", "activate", f"+{owner.msisdn}", "--iccid", str(owner.spare.iccid),
        "--holder", str(owner.buyer), "--offer", offer, "--by", EMPLOYEE, *_own(scene),
        "--json",
    )  # fmt: skip
    scene.meets(_why(said), "sale")


def _own(scene: Scene) -> tuple[str, str]:
    return ("--passkey", str(scene.stage.cast.keys_folder))


async def _typed(scene: Scene, *arguments: str) -> str:
    """What a command says; the data folder is that of the incident."""
    where = ("--data", str(scene.stage.data), "--operator", scene.stage.cast.operator)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tenure.main", *arguments, *where,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, wrong = await process.communicate()
    return said.decode() or json.dumps({"refused": wrong.decode().strip()})


def _why(said: str) -> str:
    """The named refusal of an answer in JSON; what else was said as it is."""
    told = json.loads(said)
    return str(told.get("refused") or told.get("refusal") or told)
