"""What a story is told about: one subscriber at a time, a network, a clock, a real database."""

from functools import cache
from typing import Final

from tenure.gateways.web.translate import wording
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.charging import operations as charging
from tenure.promises.charging.model import Answer, Ask, GroupAsk, Request, Used
from tenure.promises.money import operations as money
from tenure.promises.money.model import Account, Entry, EntryKind, Purse
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Line, NewLine
from tenure.promises.record.model import Act
from tenure.promises.tariffs.model import Direction, Service
from tenure.promises.tariffs.rules import Book, compile_book
from tenure.promises.topups.model import Done, VoucherKey
from tenure.terms import pack
from tenure.terms.pricelist import Pack
from tenure.values.instant import Instant
from tenure.values.msisdn import Imsi, Msisdn

SALT: Final = bytes(range(32))
KEY: Final = VoucherKey(bytes(range(64)))


class WrongExampleError(Exception):
    """What the page says is not so; the message says what is."""


@cache
def published(name: str) -> tuple[Pack, Book]:
    """A pack and its compiled tariff."""
    read = pack.load(name)
    return read, compile_book(read)


class World:
    """Everything that the sentences of one story see and change."""

    def __init__(self, pool: Pool, application_dsn: str, owner_dsn: str) -> None:
        self.pool = pool
        self.application_dsn = application_dsn
        self.owner_dsn = owner_dsn
        self.pack, self.book = published("smart-kh")
        self.now = Instant(0)
        self.purse_id = 0
        self.msisdn = ""
        self.visited = ""
        self.keys = 0
        self.mark = 0
        """The newest entry before the last act."""
        self.asks: list[Ask] = []
        self.answers: list[Answer] = []
        self.refusal = ""
        self.cut_at: int | None = None
        self.done: Done | None = None
        self.pins: list[str] = []
        self.session: tuple[str, str, Instant] | None = None
        """Key, other party and beginning of the call or data session that is under way."""
        self.database_refused = ""
        self.behind_our_back = False

    def key(self, what: str) -> str:
        """A new key for a request."""
        self.keys += 1
        return f"{what};{self.keys}"

    def act(self, reason: str = "") -> Act:
        """Somebody of ours acts now."""
        return Act("demo", self.now, SALT, reason)

    async def open_line(self, msisdn: str, purse: Purse, offer: str, *, postpaid: bool) -> None:
        """A new subscriber, who is the one that is told about from now on."""
        line = Line(
            Msisdn(msisdn.removeprefix("+")),
            Imsi(f"45606{purse.purse_id:010d}"),
            purse.purse_id,
            offer,
            "en",
            bar_outgoing=False,
            bar_incoming=False,
            suspended=False,
            lost_at=None,
            postpaid=postpaid,
        )
        opening = _opening(purse, self.now)

        async def opened(tx: Transaction) -> None:
            await money.open_months(tx, self.now)
            await money.open_purses(tx, [purse], [opening])
            await numbers.open_lines(tx, [NewLine(line, self.now)], self.act())

        await perform(self.pool, opened)
        self.purse_id, self.msisdn, self.visited = purse.purse_id, str(line.msisdn), ""
        self.mark = purse.seq

    async def purse(self) -> Purse:
        """The purse as stored."""
        return (await perform(self.pool, money.purses, [self.purse_id]))[self.purse_id]

    async def line(self) -> Line:
        """The line as stored."""
        found = await perform(self.pool, numbers.find, self.msisdn)
        assert found is not None
        return found

    async def held_micros(self) -> int:
        """What live sessions hold of the purse now."""
        live = await perform(self.pool, charging.sessions_of, self.purse_id, self.now)
        meters = [meter for session in live for meter in session.meters]
        return sum(meter.hold_micros for meter in meters if meter.hold_until > self.now)

    async def entries(self) -> list[Entry]:
        """What the last act wrote, in order."""
        newest = await perform(self.pool, money.entries, self.purse_id, 1_000)
        return [entry for entry in reversed(newest) if entry.seq > self.mark]

    async def begin_act(self) -> None:
        """From here on is what the next claims are about."""
        self.mark = (await self.purse()).seq if self.purse_id else 0
        self.asks, self.answers, self.refusal = [], [], ""
        self.cut_at, self.done, self.database_refused = None, None, ""

    async def ask(self, *asks: Ask) -> Answer:
        """Send requests as a gateway does; the answer to the last one."""
        answers = await perform(self.pool, charging.charge, self.book, asks)
        self.asks += asks
        self.answers += answers
        refusals = [answer.refusal for answer in answers]
        refusals += [group.refusal for answer in answers for group in answer.groups]
        self.refusal = next((one.name for one in refusals if one is not None), self.refusal)
        return answers[-1]

    def request(  # noqa: PLR0913  # a network names only what it knows
        self,
        request: Request,
        key: str,
        number: int,
        service: Service,
        *,
        party: str = "",
        direction: Direction = Direction.OUT,
        wants: int | None = None,
        used: int | None = None,
        group: int = 0,
        refunds: str = "",
        description: str = "",
    ) -> Ask:
        """A request of this subscriber at this instant."""
        spent = None if used is None else Used(used)
        return Ask(
            request,
            key,
            number,
            self.now,
            service,
            direction,
            msisdn=self.msisdn,
            other_party=party,
            visited_plmn=self.visited,
            groups=() if refunds else (GroupAsk(group, 0, wants, spent),),
            peer="ctf.example.net",
            refunds=refunds,
            description=description,
        )

    def names(self) -> dict[str, str]:
        """What people call the zones and allowances."""
        return dict(wording(self.pack).names)


def _opening(purse: Purse, at: Instant) -> Entry:
    """What a subscriber has at the start of a story is accounted for like everything else."""
    return Entry(
        purse_id=purse.purse_id,
        seq=purse.seq,
        at=at,
        kind=EntryKind.OPENING,
        account=Account.OPENING,
        funds_micros=purse.funds_micros,
        grants_micros=0,
        owed_micros=-purse.owed_micros,
        tax_micros=0,
        overrun_micros=0,
        contra_micros=purse.owed_micros - purse.funds_micros,
        funds_after_micros=purse.funds_micros,
        reference="opening",
        party="",
        explanation="{}",
    )
