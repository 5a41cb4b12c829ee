"""What a hold kept from an answered request follows once the hold is over, as it was promised."""

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.rights import Result
from tenure.promises.privacy.operations.rights import telling
from tenure.promises.privacy.operations.rights.doing import MESSAGING
from tenure.promises.privacy.operations.rights.keeping import about
from tenure.promises.privacy.store import rights as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.terms.model import Terms


async def follow(tx: Transaction, terms: Terms, act: Act) -> int:
    """Delete messages whose hold is over, and tell who asked; how many requests are whole now.

    The clock calls it: late or twice it does the same.  What the ledger of erasures postponed goes
    on by itself; this is for what was volunteered and asked to go in writing (PRV-RIGHTS).
    """
    done = 0
    for case_id in await store.postponed(tx):
        _, kept = await store.delete_volunteered(tx, case_id, MESSAGING, act.at)
        known = None if kept else await store.dossier(tx, case_id)
        if known is None:
            continue
        said = {"right": known.case.right.value}
        leaf_seq = await record.append(tx, act, "privacy.rights_followed", said, about(known.case))
        part = Result("messages after the hold", done=True)
        await store.results(tx, case_id, (part,), leaf_seq)
        await telling.followed(tx, terms, known.case, act.at)
        done += 1
    return done
