"""recipients.toml: who may be given what, why, where, and under which protection."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Final

from tenure.terms.agreements import Agreements
from tenure.terms.documents import Folder, Section
from tenure.terms.recipients import (
    FILES,
    Basis,
    Disclosing,
    Measure,
    Partner,
    Recipient,
    RecipientClass,
    StandingReport,
)
from tenure.terms.subjects import People
from tenure.terms.wordings import words

FILE: Final = "recipients.toml"
NAME: Final = r"[a-z][a-z0-9-]{1,39}"
FIELD: Final = r"[a-z_]+\.[a-z_]+\.[a-z_]+"
URL: Final = r"https://[a-z0-9.-]+(/[A-Za-z0-9._~/-]*)?"
VERSION: Final = r"\d{4}-\d{2}(-\d{2})?"
# Nobody listens to this machine's own loopback from outside: only there it may be without TLS.
DELIVER: Final = (
    FILES + r"|https://[a-z0-9.-]+(:\d{2,5})?(/[A-Za-z0-9._~/-]*)?"
    r"|http://127\.0\.0\.1:\d{2,5}(/[A-Za-z0-9._~/-]*)?"
)
KEY: Final = r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"
"""32 octets in base64url, in their one form."""
AUTHORITIES: Final = "authorities"
WORDS_MAX: Final = 200
MONTHS_MAX: Final = 12


def read_recipients(
    folder: Folder, at_home: tuple[str, tuple[str, ...]], people: People, consents: Agreements
) -> Disclosing:
    """Everything named must be there, and nothing goes abroad without a measure.

    ``at_home`` is the operator's country and its languages.
    """
    country, languages = at_home
    top = folder.toml(FILE)
    classes = [_class(one, languages, people) for one in top.sections("class")]
    known = _Known(country, {one.name for one in classes}, people, consents)
    recipients = [_recipient(one, known) for one in top.sections("recipient")]
    reports = [_report(one, recipients) for one in top.sections("report")]
    partners = [_partner(one, languages) for one in top.sections("partner")]
    top.done()
    for shelf in (classes, recipients, reports, partners):
        _once(folder, [one.name for one in shelf])
    return Disclosing(tuple(classes), tuple(recipients), tuple(reports), tuple(partners))


class _Known:
    """What a recipient's agreement may name."""

    def __init__(
        self, country: str, classes: Collection[str], people: People, consents: Agreements
    ) -> None:
        self.country = country
        self.classes = tuple(sorted(classes))
        self.consents = consents
        found = {purpose.name for kind in people.kinds for purpose in kind.purposes}
        self.purposes = tuple(sorted(found))


def _once(folder: Folder, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            folder.note(FILE, 0, f"{name} is there twice", "keep one of them", "PRV-WHO")
        seen.add(name)


def _class(section: Section, languages: tuple[str, ...], people: People) -> RecipientClass:
    found = RecipientClass(
        name=section.matching("name", NAME, "service-providers"),
        title=words(section, "title", languages, WORDS_MAX),
        kinds=section.texts("kinds", NAME, "customer"),
    )
    section.done()
    known = [one.name for one in people.kinds]
    for kind in found.kinds:
        if kind not in known:
            what = f'kinds has "{kind}", which people.toml does not describe'
            section.note("kinds", what, f"the kinds are {', '.join(known)}")
    return found


def _recipient(section: Section, known: _Known) -> Recipient:
    measure = section.choice("measure", tuple(Measure)) if section.has("measure") else ""
    basis = section.choice("basis", tuple(Basis))
    found = Recipient(
        name=section.matching("name", NAME, "mailing-house"),
        title=section.text("title", "Mailing House Co., Ltd."),
        class_=section.matching("class", NAME, "service-providers"),
        agreement=section.matching("agreement", VERSION, "2026-01"),
        ends_on=_day(section, "ends_on"),
        country=section.matching("country", r"[A-Z]{2}", "KH"),
        measure=Measure(measure) if measure in set(Measure) else None,
        confidential=section.flag("confidential"),
        purpose=section.matching("purpose", NAME, "service"),
        basis=Basis(basis) if basis in set(Basis) else Basis.ORDER,
        consent=section.text("consent", "partner-services", ""),
        fields=section.texts("fields", FIELD, "people.person.name"),
        deliver=section.matching("deliver", DELIVER, FILES) if section.has("deliver") else "",
        keys=section.texts("keys", KEY, "") if section.has("keys") else (),
    )
    section.done()
    _check_told(section, found)
    _check_named(section, found, known)
    _check_protected(section, found, known)
    return found


def _check_told(section: Section, found: Recipient) -> None:
    """GDPR article 19: whoever is given data can be told of a change, and answer for it."""
    if found.basis is Basis.ORDER:
        if found.deliver or found.keys:
            what = f"{found.name} asks by order, and is not told of changes"
            section.note("deliver", what, "take deliver and keys out")
    elif not (found.deliver and found.keys):
        what = f"nobody could tell {found.name} of an erasure, or believe that it was done"
        section.note("name", what, 'write deliver = "file" or an address, and keys = [...]')


def _day(section: Section, key: str) -> date | None:
    if not section.has(key):
        return None
    value = section.values[key]
    if type(value) is not date:
        section.note(key, f"{key} is not a day", f"write {key} = 2027-12-31")
        return None
    return value


def _check_named(section: Section, found: Recipient, known: _Known) -> None:
    if found.class_ not in known.classes:
        what = f'the notice names no recipients of the class "{found.class_}"'
        section.note("class", what, f"the classes are {', '.join(known.classes)}")
    if found.purpose not in known.purposes:
        what = f'nobody is known for the purpose "{found.purpose}"'
        section.note("purpose", what, f"the purposes are {', '.join(known.purposes)}")
    if not found.fields:
        section.note("fields", "they are given nothing", "name the fields, or no recipient")
    by_consent = found.basis is Basis.CONSENT
    purpose = known.consents.purpose(found.consent)
    if by_consent and (purpose is None or found.class_ not in purpose.recipients):
        what = f'nobody is asked whether {found.class_} may get it for "{found.consent}"'
        section.note("consent", what, "name a purpose of consent.toml that names these recipients")
    if found.consent and not by_consent:
        section.note("consent", "a consent is named, and is not the basis", 'basis = "consent"')


def _check_protected(section: Section, found: Recipient, known: _Known) -> None:
    """PRV-XFER, WEB-SHARE: abroad with a measure, and never to who does not keep it secret."""
    abroad = found.country != known.country
    if abroad and found.measure is None:
        what = f"data goes to {found.country} without a measure"
        section.note("country", what, "agree on one: adequacy, else safeguards, else consent")
    if not abroad and found.measure is not None:
        section.note("measure", "it does not go abroad, and needs no measure", "take it out")
    if found.measure is Measure.CONSENT and found.basis is not Basis.CONSENT:
        what = "consent protects a transfer only where it is the basis"
        section.note("measure", what, 'write basis = "consent", or agree on safeguards')
    asked_by_law = found.class_ == AUTHORITIES
    if not found.confidential and not asked_by_law:
        what = f"{found.name} does not accept confidentiality"
        section.note("confidential", what, "agree on it first, or give them nothing (WEB-SHARE)")
    if (found.basis in {Basis.LAW, Basis.ORDER}) != asked_by_law:
        what = f"the basis {found.basis.value} does not fit the class {found.class_}"
        section.note("basis", what, "law and order are for authorities, and for nobody else")


def _report(section: Section, recipients: Iterable[Recipient]) -> StandingReport:
    found = StandingReport(
        name=section.matching("name", NAME, "subscribers"),
        recipient=section.matching("recipient", NAME, "regulator"),
        months=section.whole("months", 1, MONTHS_MAX, 3),
    )
    section.done()
    whose = next((one for one in recipients if one.name == found.recipient), None)
    if whose is None or whose.basis is not Basis.LAW:
        what = f'no law obliges us to report to "{found.recipient}"'
        section.note("recipient", what, 'name a [[recipient]] whose basis is "law"')
    return found


def _partner(section: Section, languages: tuple[str, ...]) -> Partner:
    found = Partner(
        name=section.matching("name", NAME, "payments"),
        title=words(section, "title", languages, WORDS_MAX),
        url=section.matching("url", URL, "https://partner.example/"),
        notice_url=section.matching("notice", URL, "https://partner.example/privacy"),
    )
    section.done()
    return found
