"""Requests about what is held, and how they are proven, for tests."""

from typing import Final
from uuid import UUID

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy.model.rights import PERSON, Dossier, Mandate, NewCase, Receipt, Shown
from tenure.promises.privacy.operations import rights
from tenure.promises.record.model import Act
from tenure.promises.staff.model import Role
from tenure.terms.model import Terms
from tenure.terms.rights import ProofWay, Right
from tenure.values.instant import HOUR_MS, Instant
from tenure.values.sealing import Whose
from tests.numbers.asked import LATER, holder_key, populated, seen
from tests.numbers.stocked import ID, KH, act
from tests.staff.given import enrolled
from tests.staff.given import key_of as staff_key

__all__ = ["ID", "KH", "LATER", "act", "settled"]

OFFICER: Final = "mealea"
CLOCK: Final = "<clock>"


def hours(count: float) -> Instant:
    """So many hours after the receipt."""
    return Instant(LATER + round(count * HOUR_MS))


def case_id(number: int) -> UUID:
    """The same every time."""
    return UUID(int=number, version=4)


def whose(person_id: int = 1) -> Whose:
    """A registered person."""
    return Whose(PERSON, person_id)


def asked(number: int = 1, right: Right = Right.COPY, **changed: object) -> NewCase:
    """A request of person 1, received in the app at ``LATER``."""
    named: dict[str, object] = {
        "case_id": case_id(number),
        "right": right,
        "whose": whose(),
        "channel": Receipt.APP,
        "received_at": LATER,
    }
    by = changed.pop("by", None)
    if isinstance(by, int):
        named["mandate"] = Mandate(by)
    return NewCase(**(named | changed))  # type: ignore[arg-type]  # names and values of a test


async def settled(pool: Pool) -> None:
    """People with numbers and passkeys, staff, and a privacy officer."""
    await populated(pool)
    await enrolled(pool, OFFICER, Role.PRIVACY)


async def received(
    pool: Pool, new: NewCase | None = None, at: Instant = LATER, terms: Terms = KH, by: str = "sok"
) -> Dossier:
    """A request that was taken in."""
    found = await perform(pool, rights.receive, terms, new or asked(), act(by, at))
    assert isinstance(found, Dossier), found
    return found


async def proven(
    pool: Pool, known: Dossier, at: Instant = LATER, terms: Terms = KH, signer: int | None = None
) -> Dossier:
    """A request that its person signed with a passkey."""
    whom = known.case.prover.whom if signer is None else signer
    shown = Shown(ProofWay.PASSKEY, holder_key(whom).assertion(rights.proof_hash(known.case)))
    found = await perform(pool, rights.prove, terms, known.case.case_id, shown, act("<page>", at))
    assert isinstance(found, Dossier), found
    return found


def in_shop(known: Dossier, witness: str = "sok", ppm: int = 990_000) -> Shown:
    """The person stood in a shop, and one of ours signs that."""
    signed = staff_key(witness).assertion(rights.proof_hash(known.case))
    return Shown(ProofWay.PRESENCE, signed, seen(known.case.prover.whom, ppm))


async def worked(pool: Pool, number: int = 1, at: Instant = LATER, terms: Terms = KH) -> object:
    """What the clock makes of a case."""
    return await perform(pool, rights.work, terms, case_id(number), Act(CLOCK, at, bytes(32)))
