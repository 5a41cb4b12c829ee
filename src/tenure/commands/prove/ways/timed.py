"""By the clock, which is ours to set; and by the order in which things are done."""

from tenure.commands import passkey_file
from tenure.commands.connect import act_of
from tenure.commands.prove.cast import WITNESS, seen
from tenure.commands.prove.scene import Scene, must
from tenure.commands.prove.ways.signed import agreed_and_effected
from tenure.postgres.transaction import perform
from tenure.promises.numbers.model import Party, RequestKind
from tenure.promises.people import operations as people
from tenure.promises.people.model import Key
from tenure.values.instant import DAY_MS, HOUR_MS, Instant
from tenure.values.refused import Refused


async def forward(scene: Scene) -> None:
    """Everybody was talked into it; the clock jumps, so that nobody can think again."""
    made = await scene.complete()
    await scene.begin()
    cools_ms = scene.stage.cast.pack.terms.keeping.transfer.cooling_off_ms
    later = Instant(scene.now + cools_ms + HOUR_MS)
    scene.meets(await scene.effect(made, by="<clock>", at=later), "effect")


async def back(scene: Scene) -> None:
    """A bribed witness gives the thief a passkey in the owner's name, by a clock a month ago."""
    key, at = passkey_file.new(), Instant(scene.now - 30 * DAY_MS)
    person_id = scene.owner.person
    hashed = people.enrolment_hash(person_id, key.public, at)
    signed = scene.stage.cast.staff[WITNESS].assertion(hashed)
    await scene.begin()
    found = await perform(
        scene.stage.pool,
        people.add_passkey,
        Key(person_id, key.public, at),
        seen(person_id),
        signed,
        act_of(WITNESS, at),
    )
    assert not isinstance(found, Refused), found
    await agreed_and_effected(scene, key)


async def sim_first(scene: Scene) -> None:
    """The owner is talked into a new SIM; with that in hand, the number itself is asked for."""
    made = must(await scene.ask(RequestKind.SIM))
    must(await scene.consent(made, Party.FROM))
    made = must(await scene.approve(made, "lina"))
    must(await scene.effect(made))
    scene.sims = {scene.owner.spare.imsi}
    await scene.is_judged()
    await scene.begin()
    scene.meets(await scene.ask(), "ask")
