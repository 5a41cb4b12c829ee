"""Ends a request without effect."""

from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model.requests import Outcome
from tenure.promises.numbers.operations.requests import telling
from tenure.promises.numbers.operations.requests.telling import Step
from tenure.promises.numbers.store import requests as store
from tenure.promises.numbers.store.requests import Stored
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act


async def end(tx: Transaction, stored: Stored, outcome: Outcome, act: Act) -> None:
    """Stopped by somebody, or over because it waited for too long; everybody is told."""
    request = stored.request
    said = {
        "kind": request.kind.value,
        "request_hash": stored.request_hash.hex(),
        "outcome": outcome.value,
    }
    about = {"msisdn": str(request.msisdn), "request": request.request_id}
    leaf_seq = await record.append(tx, act, "numbers.stopped", said, about)
    await store.end(tx, request.request_id, outcome, act.at, leaf_seq)
    await telling.tell(tx, request, Step.STOPPED, act.at)
