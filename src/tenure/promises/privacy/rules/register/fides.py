"""The register as a fideslang manifest (fideslang 3): datasets, one system, what it declares.

Its taxonomy has no mobile operator in it: what it lacks is added under ``user.telecom``.
"""

from collections.abc import Mapping
from typing import Final

from tenure.promises.privacy.model.book import Activity, Book, Named, Use
from tenure.promises.privacy.model.register import Register
from tenure.terms.processing import CALLED_PARTY
from tenure.values.holding import Category, Holding, Subject

Plain = str | bool | list["Plain"] | dict[str, "Plain"] | None

CATEGORY_OF: Final[Mapping[Category, str]] = {
    Category.CONTACT: "user.contact",
    Category.IDENTIFICATION: "user.government_id",
    Category.FINANCIAL: "user.financial",
    Category.PRODUCT: "user.account.settings",
    Category.IT: "user.device",
    Category.SERVICE_ACCOUNT: "user.telecom.usage",
    Category.BIOMETRIC: "user.biometric",
    Category.SENSITIVE: "user.health_and_medical",
    Category.EVIDENCE: "user.telecom.evidence",
    Category.DECLARED: "user.content.private",
}
ADDED_CATEGORIES: Final = (
    ("user.telecom", "user", "What an operator knows by serving somebody"),
    ("user.telecom.usage", "user.telecom", "Calls, messages, data, balances, transactions"),
    ("user.telecom.evidence", "user.telecom", "What proves who did or agreed to what"),
)
SUBJECT_OF: Final[Mapping[str, str]] = {
    "customer": "customer",
    "child": "child",
    "guardian": "next_of_kin",
    "partner": "supplier_vendor",
    "representative": "consultant",
    "visitor": "visitor",
    "candidate": "job_applicant",
    "referee": "referee",
    "employee": "employee",
    "website-visitor": "anonymous_user",
    CALLED_PARTY: "called_party",
}
"""By kinds of people.toml; a kind that a pack adds is added here under its own name."""
DEFAULT_SUBJECTS: Final = frozenset(
    {
        "anonymous_user",
        "consultant",
        "customer",
        "employee",
        "job_applicant",
        "next_of_kin",
        "supplier_vendor",
        "visitor",
    }
)
"""Those that fideslang has itself."""
USE_OF: Final[Mapping[str, str]] = {
    "service": "essential.service",
    "service-messages": "essential.service.notifications.sms",
    "offers": "marketing.communications.sms",
    "legal-duty": "essential.legal_obligation",
    "complaints": "essential.service.operations.support",
    "identity-check": "essential.fraud_detection",
    "analysis": "analytics.reporting",
    "business": "operations",
    "premises-safety": "essential.service.security",
    "recruitment": "employment.recruitment",
    "background-check": "employment.recruitment",
    "employment": "employment",
    "contest-entry": "marketing",
    "transactions": "essential.service.payment_processing",
    "guarding": "essential.legal_obligation",
}
BASIS_OF: Final[Mapping[str, str]] = {
    "consent": "Consent",
    "contract": "Contract",
    "legal-duty": "Legal obligations",
    "vital-interest": "Vital interests",
    "public-interest": "Public interest",
    "legitimate-interest": "Legitimate interests",
}
SPECIAL_OF: Final[Mapping[str, str]] = {
    "consent": "Explicit consent",
    "legal-duty": "Employment, social security and social protection",
    "vital-interest": "Vital interests",
}
SENSITIVE: Final = frozenset({Category.SENSITIVE.value, Category.BIOMETRIC.value})


def manifest(register: Register, book: Book) -> dict[str, Plain]:
    """What ``fideslang.models.Taxonomy`` reads."""
    return {
        "data_category": [
            {"fides_key": key, "parent_key": parent, "name": name, "is_default": False}
            for key, parent, name in ADDED_CATEGORIES
        ],
        "data_subject": _subjects(book),
        "dataset": [_dataset(register, promise) for promise in _promises(register)],
        "system": [_system(book, _promises(register))],
    }


def _promises(register: Register) -> list[str]:
    """Promises with a personal column, in the order of the register."""
    found = (name for name, one in register.held if one.whose is not Subject.NOBODY)
    return list(dict.fromkeys(found))


def _subject(kind: str) -> str:
    return SUBJECT_OF.get(kind, kind.replace("-", "_"))


def _subjects(book: Book) -> list[Plain]:
    kinds = [one for activity in book.activities for one in activity.kinds]
    added = {_subject(one.name): one.title for one in kinds}
    return [
        {"fides_key": key, "name": title, "is_default": False}
        for key, title in added.items()
        if key not in DEFAULT_SUBJECTS
    ]


def _dataset(register: Register, promise: str) -> Plain:
    tables: dict[str, list[Plain]] = {}
    for name, one in register.held:
        if name == promise and one.whose is not Subject.NOBODY:
            tables.setdefault(one.table, []).append(_field(one))
    collections: list[Plain] = [
        {"name": table, "fields": fields} for table, fields in tables.items()
    ]
    return {"fides_key": promise, "name": promise, "collections": collections}


def _field(one: Holding) -> Plain:
    return {
        "name": one.column,
        "description": f"{one.why}; {one.end.value}",
        "data_categories": [CATEGORY_OF[one.category]],
    }


def _system(book: Book, promises: list[str]) -> Plain:
    return {
        "fides_key": "tenure",
        "name": book.controller,
        "system_type": "Application",
        "processes_personal_data": True,
        "uses_cookies": bool(book.cookies),
        "dataset_references": [*promises],
        "privacy_declarations": [
            _declaration(activity, use) for activity in book.activities for use in activity.uses
        ],
    }


def _declaration(activity: Activity, use: Use) -> Plain:
    categories = [Category(one.name) for one in activity.categories]
    sensitive = bool(use.sensitive) and any(one.value in SENSITIVE for one in categories)
    stay = activity.stays[0]
    return {
        "name": f"{activity.name}: {use.purpose}",
        "data_categories": [CATEGORY_OF[one] for one in categories],
        "data_use": USE_OF[use.purpose],
        "data_subjects": [*sorted({_subject(one.name) for one in activity.kinds})],
        "legal_basis_for_processing": BASIS_OF[use.basis],
        "retention_period": f"{stay.minimum_days} to {stay.maximum_days} days",
        "processes_special_category_data": sensitive,
        "special_category_legal_basis": SPECIAL_OF[use.sensitive] if sensitive else None,
        "data_shared_with_third_parties": bool(activity.recipients),
        "third_parties": _listed(activity.recipients),
    }


def _listed(names: tuple[Named, ...]) -> str | None:
    return "; ".join(one.title for one in names) or None
