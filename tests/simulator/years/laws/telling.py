"""Who must be told of what, and what the record must say of it: written down anew."""

from tests.simulator.years.books import Asked, Books

TRANSFER = {step: f"transfer.{step}" for step in ("asked", "consented", "approved", "stopped")}
TOLD = {
    "sim": {"asked": "sim.asked", "approved": "sim.old", "stopped": "security.attempt",
            "effected": "sim.replaced"},
    "unlock": {"consented": "lock.lifting", "stopped": "security.attempt",
               "effected": "lock.lifted"},
}  # fmt: skip
LEAF = {
    "asked": "numbers.requested", "consented": "numbers.consented", "stopped": "numbers.stopped",
}  # fmt: skip
EFFECT = {"sim": "numbers.sim_replaced", "unlock": "numbers.unlocked"}


def of_step(books: Books, asked: Asked, step: str, at: int) -> None:
    """Both parties are told of a step, and the record keeps it."""
    kinds = TOLD.get(asked.kind, TRANSFER | {"effected": "transfer.effected"})
    if step in kinds:
        for person in (asked.giver, asked.taker):
            if person is not None:
                books.told[asked.msisdn, person, kinds[step], at] += 1
    leaf = EFFECT.get(asked.kind, "numbers.transferred") if step == "effected" else LEAF.get(step)
    if leaf is not None:
        books.leaves[leaf, asked.msisdn, at] += 1
