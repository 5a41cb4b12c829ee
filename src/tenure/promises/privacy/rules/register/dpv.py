"""The record of processing in the words of the Data Privacy Vocabulary (W3C DPV 2), as JSON-LD.

A process is one activity for one purpose, so that each has one basis.  DPV has no extension for
Cambodia or Indonesia, and no word for a call record: what it lacks has a name of our own.
"""

from collections.abc import Mapping
from typing import Final

from tenure.promises.privacy.model.book import Activity, Book, Use
from tenure.terms.processing import CALLED_PARTY
from tenure.values.holding import Category

Plain = str | int | list["Plain"] | dict[str, "Plain"]

DPV: Final = "https://w3id.org/dpv#"
OWN: Final = "urn:tenure:"
SUBJECT_OF: Final[Mapping[str, str]] = {
    "customer": "Customer",
    "child": "Child",
    "guardian": "GuardianOfDataSubject",
    "visitor": "Visitor",
    "candidate": "JobApplicant",
    "employee": "Employee",
    "website-visitor": "User",
    "partner": "DataSubject",
    "representative": "DataSubject",
    "referee": "DataSubject",
    CALLED_PARTY: "DataSubject",
}
BASIS_OF: Final[Mapping[str, str]] = {
    "consent": "Consent",
    "contract": "Contract",
    "legal-duty": "LegalObligation",
    "vital-interest": "VitalInterest",
    "public-interest": "PublicInterest",
    "legitimate-interest": "LegitimateInterest",
}
SENSITIVE: Final = frozenset({Category.SENSITIVE.value, Category.BIOMETRIC.value})
TERMS: Final = frozenset(
    {
        "DataController",
        "PersonalData",
        "Process",
        "Purpose",
        "Recipient",
        "SensitivePersonalData",
        "StorageDuration",
        "hasDataController",
        "hasDataSubject",
        "hasDuration",
        "hasLegalBasis",
        "hasLocation",
        "hasPersonalData",
        "hasProcess",
        "hasPurpose",
        "hasRecipient",
        "hasStorageCondition",
        *SUBJECT_OF.values(),
        *BASIS_OF.values(),
    }
)
"""Every word of DPV that is used here."""


def document(book: Book) -> dict[str, Plain]:
    """One graph, expanded by a context of its own: nothing is fetched to read it."""
    controller = f"{OWN}{book.operator}"
    processes = [
        _process(book, activity, use) for activity in book.activities for use in activity.uses
    ]
    head: Plain = {
        "@id": controller,
        "@type": "dpv:DataController",
        "title": _said(book, book.controller),
        "dpv:hasProcess": [_ref(_id(book, a, u)) for a in book.activities for u in a.uses],
    }
    return {
        "@context": {
            "dpv": DPV,
            "title": "http://purl.org/dc/terms/title",
            "source": "http://purl.org/dc/terms/source",
        },
        "@graph": [head, *processes],
    }


def _ref(iri: str) -> Plain:
    return {"@id": iri}


def _id(book: Book, activity: Activity, use: Use) -> str:
    return f"{OWN}{book.operator}:{activity.name}:{use.purpose}"


def _said(book: Book, words: str) -> Plain:
    return {"@value": words, "@language": book.language}


def _process(book: Book, activity: Activity, use: Use) -> Plain:
    stay = activity.stays[0]
    return {
        "@id": _id(book, activity, use),
        "@type": "dpv:Process",
        "title": _said(book, activity.title),
        "dpv:hasDataController": _ref(f"{OWN}{book.operator}"),
        "dpv:hasPurpose": {
            "@id": f"{OWN}purpose:{use.purpose}",
            "@type": "dpv:Purpose",
            "title": _said(book, use.title),
        },
        "dpv:hasLegalBasis": _ref(f"dpv:{BASIS_OF[use.basis]}"),
        "source": use.authority,
        "dpv:hasPersonalData": [
            {
                "@id": f"{OWN}category:{one.name.replace(' ', '-')}",
                "@type": f"dpv:{'Sensitive' if one.name in SENSITIVE else ''}PersonalData",
                "title": _said(book, one.title),
            }
            for one in activity.categories
        ],
        "dpv:hasDataSubject": [
            {
                "@id": f"{OWN}kind:{one.name}",
                "@type": f"dpv:{SUBJECT_OF.get(one.name, 'DataSubject')}",
                "title": _said(book, one.title),
            }
            for one in activity.kinds
        ],
        "dpv:hasRecipient": [
            {
                "@id": f"{OWN}recipient:{one.name}",
                "@type": "dpv:Recipient",
                "title": _said(book, one.title),
            }
            for one in activity.recipients
        ],
        "dpv:hasStorageCondition": {
            "@type": "dpv:StorageDuration",
            "title": _said(book, activity.action),
            "dpv:hasDuration": f"P{stay.maximum_days}D",
            "dpv:hasLocation": [*book.locations],
        },
    }
