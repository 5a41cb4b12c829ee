"""The public website as data: forms, contests and cookies, in every language of the operator."""

from typing import Final

import msgspec

from tenure.terms.subjects import Titled, Words
from tenure.values.instant import DAY_MS, Instant

FORMS: Final = ("text", "lines", "email", "phone", "choice")
"""What an item can be; lines is a text of several lines."""

ESSENTIAL: Final = "essential"
CATEGORIES: Final = (ESSENTIAL, "convenience", "visits")
"""What cookies are for.  What is essential needs no yes, and records as little as it can."""


class Field(msgspec.Struct, frozen=True):
    """One thing that a form asks for."""

    name: str
    title: Words
    form: str
    """One of FORMS."""
    choices: tuple[Titled, ...] = ()
    identifies: bool = False
    """An entrant of a contest is known by it: who gives it again has entered already."""


class Asked(msgspec.Struct, frozen=True):
    """A field as one form has it."""

    field: Field
    without: Words | None = None
    """PRV-OPTION: what follows when it is not given; None: it is voluntary."""


class Form(msgspec.Struct, frozen=True):
    """A form of the website (WEB-COLLECT)."""

    name: str
    title: Words
    intro: Words
    thanks: Words
    occasion: Titled
    """PRV-WHEN, as people.toml has it."""
    purpose: Titled
    """PRV-WHY, WEB-USE."""
    recipients: tuple[str, ...]
    """WEB-SHARE: the classes who get what they strictly need; none is usual."""
    keep_ms: int
    """WEB-KEEP: so long after it was sent it is destroyed; of a contest see there."""
    fields: tuple[Asked, ...]
    contest: str = ""
    """The contest that it enters somebody in; "" for none."""


class Contest(msgspec.Struct, frozen=True):
    """A quiz, contest or lucky draw (WEB-COLLECT, WEB-USE)."""

    name: str
    title: Words
    rules: Words
    """Its own notice: what is done with an entry, and by what the winners are found."""
    agree: Words
    """What an entrant says yes to."""
    opens_at: Instant
    closes_at: Instant
    claim_ms: int
    """So long after it closes a prize may be claimed; then what won nothing is destroyed."""
    winners: int
    keep_winners_ms: int
    """So long after the time of claims an entry that won is kept."""
    question: str = ""
    """The field with the answer of a quiz; "" for a draw among all."""

    @property
    def claim_until(self) -> Instant:
        """From then on nobody can claim a prize."""
        return Instant(self.closes_at + self.claim_ms)

    @property
    def winners_until(self) -> Instant:
        """From then on nothing is kept of winners."""
        return Instant(self.claim_until + self.keep_winners_ms)


class Category(msgspec.Struct, frozen=True):
    """What some cookies are for (WEB-COOKIE)."""

    name: str
    title: Words
    text: Words
    """What is done, and what refusing costs."""


class Cookie(msgspec.Struct, frozen=True):
    """A cookie that may be set; there is no other."""

    name: str
    category: str
    records: Words
    """What it, or what it makes us keep, records."""
    lasts_ms: int


class Banner(msgspec.Struct, frozen=True):
    """What asks for a yes to cookies, and how long an answer counts."""

    version: str
    """Of its words: another version asks again."""
    text: Words
    valid_ms: int
    keep_ms: int
    """How long the proof of an answer is kept after it counts no more."""
    visit_keep_ms: int
    """How long what is recorded of a visit with consent is kept."""


class Limits(msgspec.Struct, frozen=True):
    """What a form takes, and how often."""

    longest: int
    """Characters of one field."""
    an_hour: int
    """Forms from one address."""
    open_ms: int
    """So long a form that was shown can be sent."""
    links: int
    """So many addresses of websites a text may have."""


class Answers(msgspec.Struct, frozen=True):
    """WEB-USE: how a form is answered by mail, and how somebody shows that an address is theirs."""

    subject: Words
    """Of an answer; it names nothing of what was written."""
    closing: Words
    """Below every letter."""
    link_subject: Words
    link: Words
    """Above the link by which who reads the letter sees what is held."""
    link_ms: int
    """So long the link counts, and so long no other is sent to the same address."""
    again_ms: tuple[int, ...]
    """So long after each try that failed the next one follows; after the last, somebody looks."""


KEEP: Final = "website"
"""The retention period of what the website got: each form says how long (WEB-KEEP)."""


class Website(msgspec.Struct, frozen=True):
    """What website.toml says."""

    kind: str
    """As what people.toml knows who sends a form."""
    greeting: Words
    about: Words
    scope: Words
    """WEB-SCOPE: that the policy covers this website only."""
    limits: Limits
    answers: Answers
    forms: tuple[Form, ...]
    contests: tuple[Contest, ...]
    banner: Banner
    categories: tuple[Category, ...]
    cookies: tuple[Cookie, ...]

    def form(self, name: str) -> Form | None:
        """The form of this name."""
        return next((one for one in self.forms if one.name == name), None)

    def contest(self, name: str) -> Contest | None:
        """The contest of this name."""
        return next((one for one in self.contests if one.name == name), None)

    def kept_days(self, form: Form) -> int:
        """For how many days after it was sent a form is kept at most; of a contest, what won."""
        contest = self.contest(form.contest)
        if contest is None:
            return -(-form.keep_ms // DAY_MS)
        return -(-(contest.winners_until - contest.opens_at) // DAY_MS)

    @property
    def longest_days(self) -> int:
        """For how many days anything that was sent is kept at most."""
        return max((self.kept_days(one) for one in self.forms), default=0)

    @property
    def optional(self) -> tuple[str, ...]:
        """The categories that need a yes."""
        return tuple(one.name for one in self.categories if one.name != ESSENTIAL)
