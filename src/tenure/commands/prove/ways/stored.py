"""By SQL: as the application's own role, as the owner of the tables, and as a superuser."""

from typing import Final

from tenure.commands.connect import act_of
from tenure.commands.prove.cast import Owner
from tenure.commands.prove.scene import Scene, must
from tenure.commands.prove.ways.papers import write_papers
from tenure.postgres.transaction import Transaction, perform
from tenure.postgres.trying import statement, tried
from tenure.promises.record import operations as record
from tenure.values.instant import DAY_MS, Instant, iso

AS_OWNER: Final = "SET ROLE tenure_owner"
ALONE: Final = "SET session_replication_role = replica"
"""No trigger and no foreign key stands in the way then."""

# ruff: noqa: S608 -- an attacker types what they like


def edits(owner: Owner) -> tuple[str, str, str]:
    """The number goes to the buyer, on the buyer's SIM, in all three tables."""
    number, sim = owner.msisdn, owner.spare
    where = f"WHERE msisdn = '{number}'"
    card = f"iccid = '{sim.iccid}', imsi = '{sim.imsi}'"
    return (
        f"UPDATE numbers.tenure SET holder_id = {owner.buyer} {where} AND upper_inf(during)",
        f"UPDATE numbers.binding SET {card} {where} AND upper_inf(during)",
        f"UPDATE numbers.line SET imsi = '{sim.imsi}' {where}",
    )


async def update(scene: Scene) -> None:
    """The application's role writes who holds the number."""
    async with scene.application() as connection:
        await scene.begin()
        scene.meets(await statement(connection, edits(scene.owner)[0]))
        await scene.is_told()


async def gone(scene: Scene) -> None:
    """The same by a session that ends at once: nobody can say which number it was about."""
    scene.number_known = False
    async with scene.application() as connection:
        await scene.begin()
        text = edits(scene.owner)[0].replace("numbers.tenure", "numbers.binding")
        scene.meets(await statement(connection, text.replace("holder_id", "iccid")))
    await scene.is_told()


async def door(scene: Scene) -> None:
    """The application's role calls the function that changes tenure, past every rule."""
    made = must(await scene.ask())
    async with scene.application() as connection:
        await scene.begin()
        call = f"SELECT numbers.effect('{made.request.request_id}', now(), 1)"
        scene.meets(await statement(connection, call), "numbers.effect")
        await scene.is_told()


async def own_papers(scene: Scene) -> None:
    """The application's role writes request, consents and approvals itself, then calls the door."""
    await scene.begin()
    asked_at = Instant(scene.now - 2 * DAY_MS)
    stranger = scene.stage.cast.keys[scene.owner.buyer]
    done = await tried(perform(scene.stage.pool, write_papers, scene, stranger, asked_at))
    scene.meets(done, "numbers.effect")


async def owner(scene: Scene) -> None:
    """The owner of the tables edits all three."""
    await _edit(scene, AS_OWNER)


async def superuser(scene: Scene) -> None:
    """A superuser edits all three, with every trigger and foreign key off."""
    await _edit(scene, ALONE)


async def _edit(scene: Scene, first: str) -> None:
    async with scene.superuser(first) as connection:
        await scene.begin()
        async with connection.transaction():
            for text in edits(scene.owner):
                scene.meets(await statement(connection, text))


async def with_leaf(scene: Scene) -> None:
    """A superuser edits all three, writes a leaf that says so, and asks the network to act."""
    async with scene.superuser(ALONE) as connection:
        await scene.begin()
        async with connection.transaction():
            for text in edits(scene.owner):
                await statement(connection, text)
            seq = await leaf_of_transfer(connection, scene)
            scene.meets(await ask_network(connection, scene, seq), "task")


async def leaf_of_transfer(
    tx: Transaction,
    scene: Scene,
    request: str = "00000000-0000-4000-8000-000000000000",
    hashed: str = "00" * 32,
) -> int:
    """A leaf that says what the door would say, with openings that fit."""
    whose = scene.owner
    about = {
        "msisdn": str(whose.msisdn),
        "request": request,
        "iccid": str(whose.spare.iccid),
        "imsi": str(whose.spare.imsi),
        "from": str(whose.person),
        "to": str(whose.buyer),
    }
    said = {"kind": "transfer", "request_hash": hashed}
    act = act_of("<clock>", scene.now)
    return await record.append(tx, act, "numbers.transferred", said, about)


async def ask_network(tx: Transaction, scene: Scene, seq: int) -> object:
    """A task for the network, as the door would write it."""
    text = (
        "INSERT INTO numbers.provisioning (msisdn, leaf_seq, asked_at)"
        f" VALUES ('{scene.owner.msisdn}', {seq}, '{iso(scene.now)}')"
    )
    return await statement(tx, text)
