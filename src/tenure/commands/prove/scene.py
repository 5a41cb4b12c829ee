"""One attack on one number: what it may do, how it says what it met, and when it began."""

import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Awaitable
from typing import Any, Final

import msgspec

from tenure.commands.connect import act_of
from tenure.commands.passkey_file import PasskeyFile
from tenure.commands.prove.cast import EMPLOYEE, WITNESS, Owner, seen
from tenure.commands.prove.model import TOLD_WITHIN_SECONDS
from tenure.commands.prove.post import Left
from tenure.commands.prove.stage import Stage, judged, until
from tenure.postgres.connection import connector
from tenure.postgres.embedded import DATABASE, SUPERUSER
from tenure.postgres.transaction import Transaction, perform
from tenure.postgres.trying import Denied, statement, tried
from tenure.promises.notices import operations as notices
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import AskAbout, Party, Progress, Proof, RequestKind
from tenure.promises.record.model import Act
from tenure.values.instant import Instant
from tenure.values.refused import Refused

QUIET_SECONDS: Final = 30.0
LATE_SECONDS: Final = 30.0
"""What comes later than it should is still waited for: late is another finding than never."""
HOLDER: Final = "<holder>"


class Scene:
    """One attack on one number."""

    def __init__(self, stage: Stage, owner: Owner, prepared: Progress | None = None) -> None:
        self.stage, self.owner = stage, owner
        self.met: list[str] = []
        self.began_seconds = time.monotonic()
        self.number_known = True
        """Whether anything of the attempt says which number it is for."""
        self.prepared = prepared
        """What was agreed to two days ago."""
        self.sims = {owner.sim.imsi}
        """The SIMs that are rightly the owner's."""
        self.broken = False
        """Something else than the holder came out wrong."""

    @property
    def now(self) -> Instant:
        """The instant, by our clock."""
        return self.stage.clock.now()

    async def begin(self) -> None:
        """The attempt begins here: what was told before does not count."""

        async def quiet() -> bool:
            told = await perform(self.stage.pool, notices.of_number, self.owner.msisdn)
            assert self.stage.post is not None
            self.stage.post.look()
            return all(one.sent_at or one.dropped_at for one in told)

        await until(quiet, QUIET_SECONDS)
        self.began_seconds = time.monotonic()

    async def is_told(self) -> None:
        """Wait until a text has left for the number, or an alarm is there that names none."""

        async def told() -> bool:
            if self.number_known:
                return self.first_text() is not None
            return await self.alarmed() is not None

        await until(told, LATE_SECONDS)

    def first_text(self) -> Left | None:
        """The first text that left for the number since the attempt began."""
        assert self.stage.post is not None
        return self.stage.post.first(str(self.owner.msisdn), self.began_seconds)

    async def alarmed(self) -> float | None:
        """After how many seconds an alarm was there that names no number."""
        found = await perform(self.stage.pool, numbers.register.alarms_open)
        if not any(not one.difference.msisdn for one in found):
            return None
        return time.monotonic() - self.began_seconds

    async def is_judged(self) -> None:
        """Wait until the network has made up its mind about everything that it is asked."""
        await judged(self.stage, str(self.owner.msisdn))

    def act(self) -> Act:
        """The employee acts now."""
        return act_of(EMPLOYEE, self.now)

    def swap(self) -> None:
        """The number went over, by right: the next round goes the other way."""
        self.owner = msgspec.structs.replace(self.owner, turned=not self.owner.turned)

    async def until_trouble(self) -> None:
        """Wait until the record cannot go on."""

        async def trouble() -> bool:
            return bool(self.stage.publisher.trouble)

        await until(trouble, TOLD_WITHIN_SECONDS)

    def meets(self, what: object, by: str = "") -> None:
        """Keep what was met, as it was said; what succeeded is said as well."""
        if isinstance(what, Refused):
            said = what.refusal.name
        elif isinstance(what, Progress):
            said = "it was taken" if what.ending is None else f"it {what.ending.outcome.value}"
        elif isinstance(what, int):
            said = f"{what} rows"
        else:
            said = str(what)
        self.met.append(f"{by}: {said}" if by else said)

    # --- by the operations, as the page and the command line use them

    async def ask(
        self,
        kind: RequestKind = RequestKind.TRANSFER,
        by: str = EMPLOYEE,
        at: Instant | None = None,
        *,
        new_sim: bool = True,
    ) -> object:
        """One of ours asks that the number goes to the buyer, on the buyer's SIM."""
        changes = kind is RequestKind.TRANSFER
        wish = AskAbout(
            request_id=str(uuid.uuid4()),
            kind=kind,
            msisdn=self.owner.msisdn,
            to_holder=self.owner.buyer if changes else None,
            iccid=str(self.owner.spare.iccid) if new_sim else None,
            purse_id=self.purse_id() if changes else None,
            funds_go=False,
        )
        act = act_of(by, self.now if at is None else at)
        return await self.operation(numbers.requests.ask, wish, act)

    def purse_id(self) -> int:
        """A purse that nobody has."""
        return uuid.uuid4().int % (1 << 50) + (1 << 50)

    async def operation(self, work: Any, *args: object, **kwargs: object) -> object:
        """An operation about numbers, in a transaction of its own; or how the store refused it."""
        done: Awaitable[object] = perform(
            self.stage.pool, work, self.stage.cast.pack.terms, *args, **kwargs
        )
        return await tried(done)

    async def consent(
        self,
        made: Progress,
        party: Party,
        key: PasskeyFile | None = None,
        at: Instant | None = None,
    ) -> object:
        """Somebody agrees, with a passkey; their own unless another is given."""
        person_id = self.owner.person if party is Party.FROM else self.owner.buyer
        used = key or self.stage.cast.keys[person_id]
        proof = Proof(used.assertion(made.request_hash))
        act = act_of(HOLDER, self.now if at is None else at)
        return await self.operation(
            numbers.requests.consent, made.request.request_id, party, proof, act
        )

    async def presence(self, made: Progress, party: Party, witness: str = WITNESS) -> object:
        """A witness signs that somebody stood in the shop, whether or not they did."""
        person_id = self.owner.person if party is Party.FROM else self.owner.buyer
        hashed = numbers.requests.seen_hash_of(made.request_hash, party, person_id)
        signed = self.stage.cast.staff[witness].assertion(hashed)
        proof = Proof(signed, seen(person_id), person_id)
        return await self.operation(
            numbers.requests.consent,
            made.request.request_id,
            party,
            proof,
            act_of(witness, self.now),
        )

    async def approve(self, made: Progress, login: str, at: Instant | None = None) -> object:
        """One of ours approves, with their passkey."""
        signed = self.stage.cast.staff[login].assertion(made.request_hash)
        act = act_of(login, self.now if at is None else at)
        return await self.operation(numbers.requests.approve, made.request.request_id, signed, act)

    async def effect(self, made: Progress, by: str = EMPLOYEE, at: Instant | None = None) -> object:
        """Somebody tries to let it take effect."""
        act = act_of(by, self.now if at is None else at)
        return await self.operation(numbers.requests.effect, made.request.request_id, act)

    async def complete(self, at: Instant | None = None) -> Progress:
        """A request that everybody has truly agreed to, and that only has to cool off."""
        made = must(await self.ask(at=at))
        for party in (Party.FROM, Party.TO):
            must(await self.consent(made, party, at=at))
        for login in ("lina", "vanna"):
            made = must(await self.approve(made, login, at=at))
        return made

    # --- by SQL

    @contextlib.asynccontextmanager
    async def application(self) -> AsyncIterator[Transaction]:
        """A session of the application's own role."""
        async with await connector(self.stage.cluster.dsn)() as connection:
            yield connection

    @contextlib.asynccontextmanager
    async def superuser(self, *first: str, database: str = DATABASE) -> AsyncIterator[Transaction]:
        """A session of somebody with every right, who says this first."""
        async with await connector(self.stage.cluster.dsn_of(SUPERUSER, database))() as connection:
            for one in first:
                assert not isinstance(await statement(connection, one), Denied)
            yield connection


def must(found: object) -> Progress:
    """What has to be taken, for the attack to begin at all."""
    assert isinstance(found, Progress), found
    return found
