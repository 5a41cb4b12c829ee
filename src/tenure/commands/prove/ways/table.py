"""Every way in: each is a function of a scene that says what it met."""

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from tenure.commands.prove.scene import Scene
from tenure.commands.prove.ways import asked, logged, paged, raced, signed, stored, timed, typed


class Way(NamedTuple):
    """A way in."""

    number: str
    """Of the issue's list; a letter tells several of a kind apart, and more have an x."""
    name: str
    attack: Callable[[Scene], Awaitable[None]]
    before: Callable[[Scene], Awaitable[None]] | None = None
    """What must have been two days ago."""


WAYS: Final[tuple[Way, ...]] = (
    Way("1a", "the operations: effect without consents", asked.without_consents),
    Way("1b", "the operations: the number is sold again", asked.sold_again),
    Way("1c", "the page: somebody else consents and approves", paged.on_the_page),
    Way("2a", "the command line: ask and effect", typed.transfer),
    Way("2b", "the command line: the number is sold again", typed.sale),
    Way("3a", "the application role: UPDATE of tenure", stored.update),
    Way("3b", "the application role: the door without consents", stored.door),
    Way("3c", "the application role: it writes consents and approvals", stored.own_papers),
    Way("3d", "the application role: one statement, and gone", stored.gone),
    Way("4", "the table owner: UPDATE of tenure, binding and line", stored.owner),
    Way("5a", "a superuser, triggers off: all three tables", stored.superuser),
    Way("5b", "a superuser writes the leaf and the task as well", stored.with_leaf),
    Way("7a", "a consent made up with another key", signed.made_up),
    Way("7b", "a passkey slipped into the owner's name", signed.slipped_passkey),
    Way("8", "self-approval", signed.self_approval),
    Way("9", "one person with two logins", signed.two_logins),
    Way("10", "a race of two transfers", raced.race),
    Way("11a", "a consent replayed: by the operations", signed.replayed),
    Way("11b", "a consent replayed: by SQL", signed.replayed_by_sql),
    Way("12a", "the clock set forward over the cooling-off", timed.forward),
    Way("12b", "the clock set back before the passkey's age", timed.back),
    Way("x1", "one bribed approver, a bribed witness", signed.bribed),
    Way("x2", "an approver is suspended meanwhile", signed.suspended, signed.agreed_before),
    Way("x3", "a new SIM first, then the transfer", timed.sim_first),
    Way("x4", "the owner's lock is passed over", signed.locked),
    Way("x5", "the owner's stop is undone by a superuser", signed.stop_lost, signed.agreed_before),
    Way("6", "an edited backup is restored", logged.backup),
    Way("13", "the log's key is stolen, the log rewritten", logged.stolen_key),
    Way("x6", "the leaf is deleted before it has a place", logged.leaf_deleted),
)
