"""By consents and approvals: made up, replayed, one's own, bought, or taken back."""

from tenure.commands import passkey_file
from tenure.commands.connect import act_of
from tenure.commands.passkey_file import PasskeyFile
from tenure.commands.prove.cast import AGAIN, EMPLOYEE
from tenure.commands.prove.scene import HOLDER, Scene, must
from tenure.commands.prove.ways.stored import ALONE
from tenure.postgres.transaction import Transaction, perform
from tenure.postgres.trying import statement
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Party, Progress, Proof
from tenure.promises.record import operations as record
from tenure.promises.staff import operations as staff
from tenure.values.instant import DAY_MS, Instant, moment_of
from tenure.values.passkey import Assertion

# ruff: noqa: S608 -- an attacker types what they like


async def made_up(scene: Scene) -> None:
    """A consent in the owner's name, signed with another key."""
    await scene.begin()
    made = must(await scene.ask())
    key = passkey_file.new()
    scene.meets(await scene.consent(made, Party.FROM, key), "consent")
    scene.meets(await scene.effect(made), "effect")


async def slipped_passkey(scene: Scene) -> None:
    """The application's role writes a passkey of the thief's in the owner's name, a month old."""
    key, month_ago = passkey_file.new(), Instant(scene.now - 30 * DAY_MS)
    await scene.begin()
    await perform(scene.stage.pool, _slip, scene, key, month_ago)
    await agreed_and_effected(scene, key)


async def _slip(tx: Transaction, scene: Scene, key: PasskeyFile, at: Instant) -> None:
    public, person = key.public, scene.owner.person
    about = {
        "person": str(person),
        "credential": public.credential_id.hex(),
        "public_key": public.public_key.hex(),
    }
    seq = await record.append(tx, act_of("dara", at), "people.passkey_added", {}, about)
    await tx.execute(
        "INSERT INTO people.passkey"
        " (credential_id, person_id, public_key, sign_count, added_at, leaf_seq)"
        " VALUES (%s, %s, %s, 0, %s, %s)",
        [public.credential_id, person, public.public_key, moment_of(at), seq],
    )


async def agreed_and_effected(scene: Scene, key: PasskeyFile) -> None:
    """With a key that is taken for the owner's: asked and agreed to two days ago, effected now."""
    at = Instant(scene.now - 2 * DAY_MS)
    made = must(await scene.ask(at=at))
    must(await scene.consent(made, Party.FROM, key, at=at))
    must(await scene.consent(made, Party.TO, at=at))
    for login in ("lina", "vanna"):
        must(await scene.approve(made, login, at=at))
    scene.meets(await scene.effect(made), "effect")


async def _with_false_presence(scene: Scene) -> Progress:
    """Asked, and a bribed witness swears that the owner stood in the shop."""
    made = must(await scene.ask())
    must(await scene.presence(made, Party.FROM))
    return must(await scene.consent(made, Party.TO))


async def self_approval(scene: Scene) -> None:
    """Who asked approves."""
    await scene.begin()
    made = await _with_false_presence(scene)
    scene.meets(await scene.approve(made, EMPLOYEE), "approval")
    scene.meets(await scene.effect(made), "effect")


async def two_logins(scene: Scene) -> None:
    """Who asked approves, under another login of theirs."""
    await scene.begin()
    made = await _with_false_presence(scene)
    scene.meets(await scene.approve(made, AGAIN), "approval")
    scene.meets(await scene.effect(made), "effect")


async def bribed(scene: Scene) -> None:
    """Three of ours together: who asks, who lies as a witness, and one who approves."""
    await scene.begin()
    made = await _with_false_presence(scene)
    must(await scene.approve(made, "lina"))
    scene.meets(await scene.effect(made), "effect")


async def agreed_before(scene: Scene) -> None:
    """Two days ago everybody agreed to a transfer."""
    scene.prepared = await scene.complete()


async def suspended(scene: Scene) -> None:
    """One of two approvers is suspended before it takes effect."""
    made = must(scene.prepared)
    await scene.begin()
    pool = scene.stage.pool
    await perform(pool, staff.suspend, "lina", act_of("chan", scene.now))
    scene.meets(await scene.effect(made), "effect")
    async with scene.application() as connection:
        call = f"SELECT numbers.effect('{made.request.request_id}', now(), 1)"
        scene.meets(await statement(connection, call), "numbers.effect")
        await scene.is_told()
    await perform(pool, staff.suspend, "lina", act_of("chan", scene.now), ends=True)


async def stop_lost(scene: Scene) -> None:
    """The owner changes their mind in time; a superuser opens the request again."""
    made = must(scene.prepared)
    request_id = made.request.request_id
    act = act_of(HOLDER, scene.now)
    must(
        await scene.operation(
            numbers.requests.stop, request_id, act, from_number=str(scene.owner.msisdn)
        )
    )
    await scene.is_judged()
    async with scene.superuser(ALONE) as connection:
        await scene.begin()
        await statement(
            connection,
            "UPDATE numbers.request SET ended_at = NULL, outcome = NULL, ended_leaf_seq = NULL"
            f" WHERE request_id = '{request_id}'",
        )
    scene.meets(await scene.effect(made, by="<clock>"), "effect")


async def replayed(scene: Scene) -> None:
    """What the owner signed for a request that was stopped is shown for another one."""
    made, old = await _asked_again(scene)
    proof = Proof(old)
    act = act_of(HOLDER, scene.now)
    done = await scene.operation(
        numbers.requests.consent, made.request.request_id, Party.FROM, proof, act
    )
    scene.meets(done, "consent")
    scene.meets(await scene.effect(made), "effect")


async def _asked_again(scene: Scene) -> tuple[Progress, Assertion]:
    first = must(await scene.ask())
    old = scene.stage.cast.keys[scene.owner.person].assertion(first.request_hash)
    must(await scene.consent(first, Party.FROM))
    act = act_of(HOLDER, scene.now)
    number = str(scene.owner.msisdn)
    must(
        await scene.operation(
            numbers.requests.stop, first.request.request_id, act, from_number=number
        )
    )
    await scene.begin()
    return must(await scene.ask()), old


async def replayed_by_sql(scene: Scene) -> None:
    """The same, written into the table by the application's role."""
    made, old = await _asked_again(scene)
    async with scene.application() as connection:
        await scene.begin()
        signed = ", ".join(
            f"'\\x{getattr(old, name).hex()}'"
            for name in (
                "credential_id", "authenticator_data", "client_data_json", "signature",
            )
        )  # fmt: skip
        text = (
            "INSERT INTO numbers.consent (request_id, request_hash, party, person_id, means,"
            " given_at, credential_id, authenticator_data, client_data_json, signature, leaf_seq)"
            f" SELECT request_id, request_hash, 'from', {scene.owner.person}, 'passkey', now(),"
            f" {signed}, leaf_seq FROM numbers.request"
            f" WHERE request_id = '{made.request.request_id}'"
        )
        scene.meets(await statement(connection, text), "INSERT")
        await scene.is_told()


async def locked(scene: Scene) -> None:
    """The owner keeps the number locked."""
    number, at = scene.owner.msisdn, scene.now
    key = scene.stage.cast.keys[scene.owner.person]
    proof = Proof(key.assertion(numbers.requests.lock_hash(number, at)))
    await perform(scene.stage.pool, numbers.requests.lock, number, proof, act_of(HOLDER, at))
    await scene.begin()
    scene.meets(await scene.ask(), "ask")
