"""What is held about people, column by column: persons, corrections, contacts, subjects."""

from typing import Final

from tenure.promises.people.personal_data import contacts, corrections, persons, subjects
from tenure.values.holding import Export, shown_as

SUBJECT_KEEP: Final = subjects.KEEP

_HELD: Final = (
    *persons.HOLDINGS,
    *corrections.HOLDINGS,
    *contacts.HOLDINGS,
    *subjects.HOLDINGS,
)

# Secrets and signatures of passkeys are never told; what somebody gave when they registered is
# what a copy has (PRV-RIGHTS).
HOLDINGS: Final = shown_as(
    _HELD,
    {
        Export.REGISTRATION: (
            "person.name",
            "person.language",
            "person.born_on",
            "person.document_kind",
            "person.document_number",
            "person.since",
            "subject.kind",
            "subject.occasion",
            "subject.since",
            "item.item",
            "item.value",
            "item.occasion",
            "item.since",
        ),
        Export.MASKED: (
            "subject.named_by",
            "merge_request.body",
        ),
        Export.NEVER: (
            "passkey.credential_id",
            "passkey.public_key",
            "passkey.sign_count",
            "correction.own_credential_id",
            "correction.own_authenticator_data",
            "correction.own_client_data_json",
            "correction.own_signature",
            "contact_code.keyed_hash",
            # Told as item.value, opened.
            "item.sealed",
        ),
    },
)

ROWS: Final = (
    *persons.ROWS,
    *corrections.ROWS,
    *contacts.ROWS,
    *subjects.ROWS,
)
