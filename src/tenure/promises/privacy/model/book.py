"""The record of processing: what is done with what is held, in the words of one language."""

import msgspec


class Use(msgspec.Struct, frozen=True):
    """A purpose, and what allows it."""

    purpose: str
    title: str
    basis: str
    because: str
    """The title of the basis."""
    authority: str
    sensitive: str
    """The basis on which what is sensitive is used for it; "": it is not."""


class Stay(msgspec.Struct, frozen=True):
    """How long something stays: whole days from its start, and what happens then."""

    kind: str
    """The kind of people whose days these are; "" for everybody else."""
    starts: str
    minimum_days: int
    maximum_days: int
    forms: tuple[tuple[str, int], ...] = ()
    """Of what the website got, each form with its own days after it was sent (WEB-KEEP)."""


class Place(msgspec.Struct, frozen=True):
    """Where something is held: a table with its columns, or a thing outside of tables."""

    where: str
    what: tuple[str, ...]
    ends: tuple[str, ...]
    """How it ends: the methods of erasure."""
    free: tuple[str, ...]
    """Of it, what may hold anything that somebody typed."""


class Named(msgspec.Struct, frozen=True):
    """A name of the pack, and its title in the language of the book."""

    name: str
    title: str


class Activity(msgspec.Struct, frozen=True):
    """What is done with everything that is kept under one period."""

    name: str
    title: str
    kinds: tuple[Named, ...]
    categories: tuple[Named, ...]
    uses: tuple[Use, ...]
    recipients: tuple[Named, ...]
    stays: tuple[Stay, ...]
    action: str
    authority: str
    """Which law or term gives the period."""
    places: tuple[Place, ...]


class Asked(msgspec.Struct, frozen=True):
    """An item that one kind of people is asked for."""

    name: str
    title: str
    category: str
    without: str
    """What follows when it is not given; "": it is voluntary."""


class Kind(msgspec.Struct, frozen=True):
    """One kind of people, as the notice tells of them (PRV-KINDS)."""

    name: str
    title: str
    items: tuple[Asked, ...]
    recorded: tuple[Named, ...]
    """Categories that come about by themselves, while we deal with each other."""
    occasions: tuple[Named, ...]
    uses: tuple[Use, ...]
    recipients: tuple[Named, ...]
    stays: tuple[tuple[str, Stay, str], ...]
    """What it is, how long, and what happens then."""


class Cookie(msgspec.Struct, frozen=True):
    """A cookie that may be set (WEB-COOKIE)."""

    name: str
    records: str


class Book(msgspec.Struct, frozen=True):
    """The record of processing of one operator, in one language."""

    operator: str
    controller: str
    address: str
    contact: str
    jurisdiction: str
    locations: tuple[str, ...]
    language: str
    activities: tuple[Activity, ...]
    kinds: tuple[Kind, ...]
    cookies: tuple[Cookie, ...]
