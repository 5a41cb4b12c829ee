"""What may be asked of people: to find and to enter them, and how they prove who they are.

Read persons, proving, guardians.  What grew later is asked for by the name of its file:
``people.corrections.correct``, ``people.addresses.confirm``, ``people.merging.ask``,
``people.subjects.enter``, ``people.sealing.opened``, ``people.publishing.keep``.
"""

from tenure.promises.people.operations import (
    addresses,
    corrections,
    merging,
    publishing,
    sealing,
    subjects,
)
from tenure.promises.people.operations.addresses import contacts
from tenure.promises.people.operations.guardians import (
    end_guardian,
    guardians,
    name_guardian,
    newly_adult,
    tell_adults,
    wards,
)
from tenure.promises.people.operations.persons import (
    choose_language,
    enter,
    enter_all,
    find,
    find_by_document,
    persons_of,
    survivor,
)
from tenure.promises.people.operations.proving import (
    add_passkey,
    end_passkey,
    enrolment_hash,
    passkeys,
    prove,
    recognise,
)

__all__ = [
    "add_passkey",
    "addresses",
    "choose_language",
    "contacts",
    "corrections",
    "end_guardian",
    "end_passkey",
    "enrolment_hash",
    "enter",
    "enter_all",
    "find",
    "find_by_document",
    "guardians",
    "merging",
    "name_guardian",
    "newly_adult",
    "passkeys",
    "persons_of",
    "prove",
    "publishing",
    "recognise",
    "sealing",
    "subjects",
    "survivor",
    "tell_adults",
    "wards",
]
