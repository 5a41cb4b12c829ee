"""What may be asked of people: to find and to enter them, and how they prove who they are.

Read persons, proving, guardians; what grew later is asked for by the name of its file:
``people.subjects.enter``, ``people.contacts``, ``people.merging``.
"""

from tenure.promises.people.operations import publishing
from tenure.promises.people.operations.persons import (
    add_passkey,
    end_passkey,
    enrolment_hash,
    enter,
    enter_all,
    find,
    find_by_document,
    guardians,
    name_guardian,
    passkeys,
    prove,
    recognise,
)

__all__ = [
    "add_passkey",
    "end_passkey",
    "enrolment_hash",
    "enter",
    "enter_all",
    "find",
    "find_by_document",
    "guardians",
    "name_guardian",
    "passkeys",
    "prove",
    "publishing",
    "recognise",
]
