"""By being faster: two buyers, two clerks, one number."""

import asyncio

from tenure.commands.prove.scene import Scene
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Outcome, Party, Progress
from tenure.values.instant import HOUR_MS, Instant


async def race(scene: Scene) -> None:
    """A hundred times: two ask at once; whoever was first agrees, and both try to let it happen.

    Everybody consents to whatever was taken, so that nothing but the race decides.
    """
    await scene.begin()
    outcomes: dict[str, int] = {}
    for turn in range(scene.stage.rounds):
        for what in await _round(scene, turn):
            outcomes[what] = outcomes.get(what, 0) + 1
    rounds = scene.stage.rounds
    exactly = outcomes.get("asked once", 0) == outcomes.get("effected once", 0) == rounds
    scene.meets(f"exactly one won in {outcomes.get('effected once', 0)} of {rounds} rounds")
    for what, count in sorted(outcomes.items()):
        if what.isupper():
            scene.meets(f"{what} {count} times")
    scene.broken = not exactly


async def _round(scene: Scene, turn: int) -> list[str]:
    """What happened in one round, by name."""
    cools_ms = scene.stage.cast.pack.terms.keeping.transfer.cooling_off_ms + HOUR_MS
    at = Instant(scene.now + 2 * turn * cools_ms)
    asked = await asyncio.gather(
        scene.ask(by="sok", at=at, new_sim=False), scene.ask(by="dara", at=at, new_sim=False)
    )
    taken = [one for one in asked if isinstance(one, Progress)]
    said = [_name(one) for one in asked if not isinstance(one, Progress)]
    if len(taken) != 1:
        return [*said, f"asked {len(taken)} times"]
    for party in (Party.FROM, Party.TO):
        await scene.consent(taken[0], party, at=at)
    for login in ("lina", "vanna"):
        await scene.approve(taken[0], login, at=at)
    later = Instant(at + cools_ms)
    done = await asyncio.gather(
        scene.effect(taken[0], at=later), scene.effect(taken[0], by="dara", at=later)
    )
    won = [
        one
        for one in done
        if isinstance(one, Progress) and one.ending and one.ending.outcome is Outcome.EFFECTED
    ]
    said += [_name(one) for one in done if not isinstance(one, Progress)]
    holder = await perform(scene.stage.pool, numbers.holding.holder, scene.owner.msisdn)
    right = holder is not None and holder.holder_id == scene.owner.buyer
    scene.swap()
    once = "effected once" if len(won) == 1 and right else f"effected {len(won)} times"
    return [*said, "asked once", once]


def _name(found: object) -> str:
    refusal = getattr(found, "refusal", None)
    return str(found) if refusal is None else str(refusal.name)
