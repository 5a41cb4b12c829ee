"""People, by as little as the service needs: persons, contacts, merging, subjects, refusals."""

from tenure.promises.people.model.contacts import (
    CODE_DIGITS,
    CODE_MS,
    CODES_A_DAY,
    POSTAL_CODE_MS,
    WRONG_TRIES_MAX,
    Channel,
    Code,
    Contact,
)
from tenure.promises.people.model.merging import APPROVALS_MIN, MERGE, Merge, MergeRequest
from tenure.promises.people.model.persons import (
    Changes,
    Document,
    Evidence,
    Guardian,
    Key,
    Person,
    Photo,
    Presence,
)
from tenure.promises.people.model.refusals import Refusal
from tenure.promises.people.model.subjects import Asked, Given, Item, Known, Sealed, Subject

__all__ = [
    "APPROVALS_MIN",
    "CODES_A_DAY",
    "CODE_DIGITS",
    "CODE_MS",
    "MERGE",
    "POSTAL_CODE_MS",
    "WRONG_TRIES_MAX",
    "Asked",
    "Changes",
    "Channel",
    "Code",
    "Contact",
    "Document",
    "Evidence",
    "Given",
    "Guardian",
    "Item",
    "Key",
    "Known",
    "Merge",
    "MergeRequest",
    "Person",
    "Photo",
    "Presence",
    "Refusal",
    "Sealed",
    "Subject",
]
