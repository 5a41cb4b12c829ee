"""A receipt of one word: the fields of ISO/IEC TS 27560:2023, and which of them must be there."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from tenure.promises.consent.model import Event, Medium, Way
from tenure.promises.consent.rules.texts import Wording
from tenure.promises.record.model import Plain
from tenure.terms.agreements import PRIVACY_NOTICE, Controller
from tenure.terms.model import Terms
from tenure.values.instant import iso

SCHEMA_VERSION: Final = "ISO/IEC TS 27560:2023"
WITHDRAWAL: Final[Mapping[Way, str]] = {
    Way.APP: "the same switch in the app",
    Way.USSD: "the same menu",
    Way.SHORT_CODE: "call or text {short_code}",
    Way.SHOP: "any shop, without a form",
    Way.EMAIL: "a mail to {contact}",
    Way.CARE: "a call to {care}",
    Way.WEB: "the same button on the page",
}
"""How a yes is withdrawn where it was given; every other way does as well."""

Where: TypeAlias = tuple[str, ...]
"""A path into a receipt; * stands for every member of a list."""

MANDATORY: Final[tuple[Where, ...]] = (
    ("schema_version",),
    ("record_id",),
    ("receipt_id",),
    ("pii_principal_id",),
    ("processing", "privacy_notice", "id"),
    ("processing", "privacy_notice", "version"),
    ("processing", "privacy_notice", "sha256"),
    ("processing", "language"),
    ("processing", "jurisdiction"),
    ("processing", "storage_locations"),
    ("processing", "withdrawal_method"),
    ("processing", "purposes", "*", "purpose"),
    ("processing", "purposes", "*", "version"),
    ("processing", "purposes", "*", "text"),
    ("processing", "purposes", "*", "lawful_basis"),
    ("processing", "purposes", "*", "pii_information"),
    ("processing", "purposes", "*", "pii_optional"),
    ("processing", "purposes", "*", "pii_controllers"),
    ("processing", "purposes", "*", "collection_method"),
    ("processing", "purposes", "*", "processing_method"),
    ("processing", "purposes", "*", "processing_locations"),
    ("processing", "purposes", "*", "retention_period"),
    ("processing", "purposes", "*", "recipient_third_parties"),
    ("party_identification", "*", "party_id"),
    ("party_identification", "*", "party_name"),
    ("party_identification", "*", "party_address"),
    ("party_identification", "*", "party_contact"),
    ("party_identification", "*", "party_type"),
    ("events", "*", "event_time"),
    ("events", "*", "validity_duration"),
    ("events", "*", "entity_id"),
    ("events", "*", "event_type"),
    ("events", "*", "event_state"),
)
"""What a record must have, by the guide of W3C DPV; also what it asks for under the GDPR."""


def receipt(events: Sequence[Event], words: Wording, terms: Terms, leaf: str) -> dict[str, Plain]:
    """The receipt of the last of these events, which are all of one topic, oldest first.

    ``words`` are those of the purpose that were shown; ``leaf`` is the hash of the leaf of the
    record, which proves that nobody made the receipt up afterwards.
    """
    last, yes = events[-1], next(one for one in reversed(events) if one.shown is not None)
    controller = terms.consents.controller
    shown = yes.shown
    assert shown is not None
    return {
        "schema_version": SCHEMA_VERSION,
        "record_id": str(events[0].record_id),
        "receipt_id": str(last.record_id),
        "pii_principal_id": str(last.person_id),
        "processing": {
            "privacy_notice": {
                "id": PRIVACY_NOTICE,
                "version": shown.notice_version,
                "sha256": shown.notice_sha256,
            },
            "language": yes.how.language,
            "jurisdiction": controller.jurisdiction,
            "storage_locations": list(controller.locations),
            "withdrawal_method": _withdrawal(yes.how.way, terms),
            "purposes": [_purpose(yes, words, controller)],
        },
        "party_identification": [
            {
                "party_id": terms.operator,
                "party_name": controller.name,
                "party_address": controller.address,
                "party_contact": controller.contact,
                "party_type": "PII controller",
            }
        ],
        "events": [_event(one) for one in events],
        "record_leaf_sha256": leaf,
    }


def _purpose(yes: Event, words: Wording, controller: Controller) -> dict[str, Plain]:
    shown = yes.shown
    assert shown is not None
    contacts = None if yes.medium is Medium.NONE else yes.medium.value
    return {
        "purpose": yes.purpose,
        "version": shown.purpose_version,
        "meaning": shown.meaning,
        "sha256": shown.purpose_sha256,
        "title": words.title,
        "text": words.text,
        "lawful_basis": "consent",
        "pii_information": list(words.data),
        "pii_optional": True,
        "consequence_of_no": words.without,
        "pii_controllers": [controller.name],
        "collection_method": yes.how.way.value,
        "processing_method": "contact" if contacts else "use",
        "contact_by": contacts,
        "processing_locations": list(controller.locations),
        "retention_period": f"P{controller.evidence_days}D after the end of the consent",
        "recipient_third_parties": list(words.recipients),
    }


def _event(event: Event) -> dict[str, Plain]:
    return {
        "event_id": str(event.record_id),
        "event_time": iso(event.at),
        "validity_duration": "until withdrawn"
        if event.until is None
        else f"until {iso(event.until)}",
        "entity_id": str(event.by),
        "event_type": "explicit",
        "event_state": event.word.value,
        "collection_method": event.how.way.value,
        "evidence": event.how.evidence,
    }


def _withdrawal(way: Way, terms: Terms) -> str:
    own = WITHDRAWAL[way].format(
        short_code=terms.contact.end_advertising,
        contact=terms.consents.controller.contact,
        care=terms.contact.call_centre,
    )
    return f"{own}; by every other way as well, at once and free of charge"


def missing(shown: Mapping[str, Any]) -> list[str]:
    """The mandatory fields that a receipt lacks, by their paths; none for one of ours."""
    return [".".join(where) for where in MANDATORY if not _there(shown, where)]


def _there(value: Any, where: Where) -> bool:
    if not where:
        # An empty list says that there are none, which is an answer.
        return value is not None and value != ""
    name, *rest = where
    if name == "*":
        return (
            isinstance(value, list) and bool(value) and all(_there(one, (*rest,)) for one in value)
        )
    return isinstance(value, Mapping) and name in value and _there(value[name], (*rest,))
