"""Who lives in a run: people, some of them minors with guardians, and staff of every role."""

import hashlib
from datetime import date
from typing import Any, Final

from tenure.commands.passkey_file import PasskeyFile
from tenure.postgres.transaction import Transaction
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import NumberRange
from tenure.promises.people import operations as people
from tenure.promises.people.model import Document, Key, Person, Photo, Presence
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Document as StaffDocument
from tenure.promises.staff.model import Member, Role
from tenure.values.instant import Instant
from tests.numbers.stocked import AT, KEY, KH, card, msisdn
from tests.simulator.years.books import Human, KeyOf, Man
from tests.simulator.years.driver import Driver

START: Final = int(AT)
PAPER: Final = hashlib.sha256(b"a paper").hexdigest()
LIVE_PPM: Final = 990_000
STAFF: Final[dict[str, tuple[Role, ...]]] = {
    "chan": (Role.SUPERVISOR,),
    "vanna": (Role.SUPERVISOR,),
    "dany": (Role.SUPERVISOR,),
    "sok": (Role.SALES, Role.CARE),
    "dara": (Role.SALES,),
    "mony": (Role.SALES, Role.CARE),
    "kim": (Role.SALES,),
    "nary": (Role.CARE,),
    "ratha": (Role.CARE,),
    "lina": (Role.FRAUD,),
    "bopha": (Role.FRAUD,),
    "phal": (Role.FRAUD, Role.SALES),
    "rith": (Role.LEGAL,),
    "sam": (Role.LEGAL,),
    "vuth": (Role.STOCK,),
    "chea": (Role.FINANCE,),
    "pich": (Role.ENGINEER,),
    "sina": (Role.REVIEWER,),
    "kol": (Role.PRIVACY,),
    "reach": (Role.REGULATOR,),
}
SECOND_LOGINS: Final = {"lina2": "lina", "phal2": "phal"}
"""Logins of humans who have one already: nobody is two approvers."""
SUBSCRIBERS_TOO: Final = {"bopha": 3, "vanna": 4}
"""Which person somebody of ours is: no party approves for themselves."""
CROOKS: Final = ("dara", "phal", "phal2", "lina2", "mony", "dany")
SHOP: Final = ("sok", "kim", "mony", "dara")
"""Who sells, asks and witnesses; some of them do other things as well."""
APPROVERS: Final = ("chan", "vanna", "dany", "lina", "bopha")
CARE: Final = ("nary", "ratha", "lina")


def secret_of(name: str) -> PasskeyFile:
    """A passkey that is the same in every run."""
    return PasskeyFile(
        hashlib.sha256(f"name of {name}".encode()).digest(),
        hashlib.sha256(f"key of {name}".encode()).digest(),
    )


def seen(person: int, ppm: int = LIVE_PPM) -> Presence:
    """Somebody stands in a shop with their document."""
    return Presence(Document("passport", f"N{person}"), Photo(ppm, f"ref-{person}"))


class Cast:
    """Everybody of a run, with the keys they sign with now."""

    def __init__(self, driver: Driver, count: int) -> None:
        """``count`` people; every tenth is a minor, whose parent is the one before."""
        self.driver, self.books, self.rng = driver, driver.books, driver.rng
        self.count = count
        self.generation: dict[int, int] = {}
        """Of each person who has a key: which of their keys it is."""
        self.cards = 0
        """So many SIMs are in stock."""
        self.used_cards: list[int] = []
        self.fresh_cards: list[int] = []
        self.purse = 0

    @property
    def numbers(self) -> int:
        """How many numbers are in stock: few, so that what was recycled is sold again."""
        return self.count + self.count // 2

    async def enter(self) -> None:
        """Everybody enters, and the stock is filled."""
        for login, roles in STAFF.items():
            await self._hire(login, login, roles)
        for login, human in SECOND_LOGINS.items():
            await self._hire(login, human, (Role.FRAUD, Role.SALES))
        ranges = [NumberRange(msisdn(0), msisdn(self.numbers - 1), "ordinary")]
        act = self.driver.act("vuth", START)
        await self.driver.once(numbers.inventory.import_numbers, ranges, act)
        await self.restock(self.count + 100)
        await self._enter_people()

    async def _hire(self, login: str, human: str, roles: tuple[Role, ...]) -> None:
        person = SUBSCRIBERS_TOO.get(human)
        document = (
            StaffDocument("national-id", f"S {human}")
            if person is None
            else StaffDocument("passport", f"N{person}")
        )
        member = await self.driver.once(
            staff.enrol, login, human.title(), roles, self.driver.act("chan", START),
            document=document, key=secret_of(human).public,
        )  # fmt: skip
        assert isinstance(member, Member), member
        self.books.humans[login] = Human(member.human_id, person)
        self.books.keys[secret_of(human).credential_id] = KeyOf(
            member.human_id, secret_of(human).public.public_key[-32:], START
        )

    async def restock(self, count: int = 100) -> None:
        """More SIMs come from the maker."""
        cards = [card(index) for index in range(self.cards, self.cards + count)]
        await self.driver.once(
            numbers.inventory.import_sims, cards, KEY, self.driver.rng.randbytes,
            self.driver.act("vuth", START),
        )  # fmt: skip
        self.fresh_cards += range(self.cards, self.cards + count)
        self.cards += count

    def new_purse(self) -> int:
        """A purse that nobody had."""
        self.purse += 1
        return 10_000 + self.purse

    def born(self, person: int) -> date:
        """When somebody was born: every tenth comes of age while the run goes on."""
        if person % 10 == 0:
            return date(2027 - 17 + person // 10 % 12, 1 + person % 12, 1 + person % 28)
        return date(1950 + person % 50, 1 + person % 12, 1 + person % 28)

    async def _enter_people(self) -> None:
        persons = []
        for number in range(1, self.count + 1):
            born = self.born(number)
            document = Document("passport", f"N{number}")
            persons.append(Person(number, f"Person {number}", "km", Instant(START), born, document))
            self.books.people[number] = Man((born.year, born.month, born.day))
        act = self.driver.act("sok", START)
        await self.driver.once(people.enter_all, persons, act)
        for number in range(10, self.count + 1, 10):
            if self.books.minor(number, (2027, 1, 15)):
                await self._guarded(number, number - 1)
        for number in range(1, self.count + 1):
            await self.bring_key(number, "sok", START + 1000)

    async def _guarded(self, ward: int, guardian: int) -> None:
        act = self.driver.act("sok", START)
        await self.driver.once(people.name_guardian, KH, ward, guardian, PAPER, act)
        self.books.people[ward].guardians[guardian] = START

    def key(self, person: int) -> PasskeyFile:
        """The key that somebody signs with now."""
        return secret_of(f"{person}-{self.generation.get(person, 0)}")

    async def bring_key(self, person: int, witness: str, at: int) -> Any:
        """Somebody brings a key to a shop."""
        key = self.key(person)
        new = Key(person, key.public, Instant(at))
        hashed = people.enrolment_hash(person, key.public, Instant(at))
        signed = self.staff_key(witness).assertion(hashed)
        answer = await self.driver.ask(
            "passkey brought", people.add_passkey, new, seen(person), signed,
            self.driver.act(witness, at),
        )  # fmt: skip
        if isinstance(answer, Key):
            self.books.keys[key.credential_id] = KeyOf(person, key.public.public_key[-32:], at)
            self.books.leaves["people.passkey_added", str(person), at] += 1
            self.watch(witness)
        return answer

    def staff_key(self, login: str) -> PasskeyFile:
        """The key of one of ours."""
        return secret_of(SECOND_LOGINS.get(login, login))

    def human(self, login: str) -> int:
        """Which human of ours a login is."""
        return self.books.humans[login].human_id

    def is_suspended(self, login: str) -> bool:
        """Whether one of ours is suspended, whatever login they use."""
        return self.human(login) in self.books.suspended

    def watch(self, login: str) -> None:
        """Somebody of ours was let do something."""
        self.books.must(
            "who is suspended does nothing", holds=not self.is_suspended(login), seen=login
        )

    async def allowed(self, tx: Transaction, login: str, task: Any, at: int) -> Any:
        """As every command asks first."""
        return await staff.allowed(tx, login, task, Instant(at))
