"""Who may be given what, by which document, and when a report is due; pure."""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from typing import Final
from zoneinfo import ZoneInfo

from tenure.promises.privacy.model.disclosures import (
    DISCLOSING,
    OTHERS,
    SEES,
    TENURE,
    Agreement,
    Ask,
    Order,
    PurposeRole,
    Refusal,
    ReportDue,
    Selection,
)
from tenure.promises.record.model import Plain
from tenure.promises.record.rules import canonical
from tenure.terms.model import Terms
from tenure.terms.recipients import Basis, Recipient
from tenure.values.holding import Export, Holding, Row, Subject, Way
from tenure.values.instant import Instant, instant_of, moment_of
from tenure.values.refused import Refused

MONTHS_OF_YEAR: Final = 12
NO_MEDIUM: Final = "none"
_REFERENCE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./:_-]{2,99}", re.ASCII)
_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)

_OF_ROW: Final = re.compile(r"\bt\.([a-z_]+)")
_LEAVING: Final = ", ".join(role.value for role in DISCLOSING)
_ALL: Final = ", ".join(role.value for role in PurposeRole)
_JOIN: Final[Mapping[Way, str]] = {Way.NUMBER: "msisdn", Way.PURSE: "purse_id"}

Held = Collection[tuple[str, Holding]]
"""Every column of the register, with its promise."""
Rows = Collection[tuple[str, Row]]
"""How the rows of every table lead to somebody, with its promise."""


def agreement_of(recipient: Recipient, terms: Terms) -> Agreement:
    """The pack's agreement with a recipient; it ends with the first instant of its last day."""
    ends_at = None
    if recipient.ends_on is not None:
        midnight = dt.datetime.combine(recipient.ends_on, dt.time(), ZoneInfo(terms.time_zone))
        ends_at = instant_of(midnight)
    return Agreement(
        recipient=recipient.name,
        version=recipient.agreement,
        class_=recipient.class_,
        basis=recipient.basis,
        country=recipient.country,
        measure=recipient.measure,
        purpose=recipient.purpose,
        consent=recipient.consent,
        fields=recipient.fields,
        ends_at=ends_at,
    )


def published(terms: Terms) -> list[Mapping[str, Plain]]:
    """What the database enforces of the pack's agreements, in its own words."""
    return [_published(one, terms) for one in terms.privacy.disclosing.recipients]


def _published(recipient: Recipient, terms: Terms) -> Mapping[str, Plain]:
    agreement = agreement_of(recipient, terms)
    purpose = terms.consents.purpose(agreement.consent)
    media: list[Plain] = [] if purpose is None else list(purpose.media or (NO_MEDIUM,))
    ends_at = agreement.ends_at
    return {
        "recipient": agreement.recipient,
        "version": agreement.version,
        "class": agreement.class_,
        "basis": agreement.basis.value,
        "country": agreement.country,
        "is_abroad": agreement.country != terms.country,
        "measure": measure_of(agreement),
        "is_confidential": recipient.confidential,
        "purpose": agreement.purpose,
        "consent": agreement.consent,
        "consent_media": media,
        "fields": list(agreement.fields),
        "ends_at": None if ends_at is None else moment_of(ends_at).isoformat(),
        "deliver": recipient.deliver,
        "keys": list(recipient.keys),
    }


def measure_of(agreement: Agreement) -> str:
    """The measure as it is written down: ``none`` at home."""
    return "none" if agreement.measure is None else agreement.measure.value


def asked_for(
    ask: Ask, terms: Terms, held: Held, rows: Rows, at: Instant
) -> Selection | Refused[Refusal]:
    """What of the agreement would leave, or why nothing does."""
    recipient = terms.privacy.disclosing.recipient(ask.recipient)
    if recipient is None:
        names = ", ".join(one.name for one in terms.privacy.disclosing.recipients)
        return Refused(Refusal.UNKNOWN_RECIPIENT, f"the recipients are {names}")
    agreement = agreement_of(recipient, terms)
    if agreement.ends_at is not None and at >= agreement.ends_at:
        detail = f"the agreement {agreement.version} with {agreement.recipient} has ended"
        return Refused(Refusal.NOT_IN_FORCE, detail)
    if ask.purpose != agreement.purpose:
        detail = f"{agreement.recipient} is given data for {agreement.purpose}, and nothing else"
        return Refused(Refusal.PURPOSE_DIFFERS, detail)
    if ask.report:
        report = terms.privacy.disclosing.report(ask.report)
        if report is None or report.recipient != ask.recipient:
            return Refused(Refusal.UNKNOWN_REPORT, f"no such report to {ask.recipient}")
    elif ask.persons is None:
        return Refused(Refusal.NOBODY, "say whose data: only a standing report is of everybody")
    return _documented(ask, agreement) or chosen(agreement, ask.fields, held, rows)


def _documented(ask: Ask, agreement: Agreement) -> Refused[Refusal] | None:
    """What is wrong with the document; None when it is there where it must be, and only there."""
    if agreement.basis is not Basis.ORDER:
        if ask.order is None:
            return None
        detail = f"{agreement.recipient} is not given data by order; leave the document out"
        return Refused(Refusal.ORDER_UNUSABLE, detail)
    if ask.order is None:
        detail = "an authority shows its document: give --order FILE and --reference"
        return Refused(Refusal.ORDER_MISSING, detail)
    if not _REFERENCE.fullmatch(ask.order.reference) or not _SHA256.fullmatch(ask.order.sha256):
        detail = "the reference is 3 to 100 letters, digits and . / : _ -, as the authority gave it"
        return Refused(Refusal.ORDER_UNUSABLE, detail)
    return None


def chosen(
    agreement: Agreement, names: Collection[str], held: Held, rows: Rows
) -> Selection | Refused[Refusal]:
    """Fields of the agreement, in its order; without names all of them."""
    strange = sorted(set(names) - set(agreement.fields))
    if strange:
        detail = f"not agreed with {agreement.recipient}: {', '.join(strange)}"
        return Refused(Refusal.FIELD_NOT_AGREED, detail)
    fields = tuple(one for one in agreement.fields if not names or one in names)
    seen = visible(agreement.role, held, rows)
    missing = sorted(set(fields) - seen)
    if missing:
        detail = f"no column of the register for this purpose: {', '.join(missing)}"
        return Refused(Refusal.FIELD_NOT_HELD, detail)
    return Selection(agreement, fields)


def visible(role: PurposeRole, held: Held, rows: Rows) -> frozenset[str]:
    """The columns a purpose may see: of the tables whose rows may leave, what its categories say.

    What is nobody's goes with its row where the person sees it as well; whom somebody spoke to is
    told to law and order alone.
    """
    seen: set[str] = set()
    for table, row in sources(rows).items():
        columns = [one for promise, one in held if f"{promise}.{one.table}" == table]
        leads = {lead.column for lead in row.leads if lead.way is Way.PERSON}
        # Whose a row is, and nothing else of it, is no use of it.
        if any(_told(role, one) and one.column not in leads for one in columns):
            seen |= {
                f"{table}.{one.column}"
                for one in columns
                if _told(role, one)
                or one.column in keys(row)
                or (one.shown is Export.KNOW and one.whose is Subject.NOBODY)
            }
    return frozenset(seen)


def _told(role: PurposeRole, one: Holding) -> bool:
    whose = {Subject.SUBSCRIBER, *({Subject.OTHER_PARTY} if role in OTHERS else ())}
    return one.whose in whose and one.category in SEES[role]


def sources(rows: Rows) -> dict[str, Row]:
    """The tables whose rows may leave, as the register declares it."""
    return {f"{promise}.{one.table}": one for promise, one in rows if one.leaves}


def keys(row: Row) -> frozenset[str]:
    """The columns by which rows are found: whose they are, and of when."""
    named = {row.leads[0].column, *_OF_ROW.findall(row.leaves)}
    # Through these, what is held of a number or a purse leads to who held it.
    through = {"holder_id", "msisdn", "during", "purse_id"} if row.table == TENURE else set()
    return frozenset(named | through)


def grants(held: Held, rows: Rows) -> str:
    """The grants of the purposes' roles, as the schema has them: from the register, in order."""
    lines = []
    for role in PurposeRole:
        columns = visible(role, held, rows)
        for table in sorted(sources(rows)):
            own = sorted(one.rpartition(".")[2] for one in columns if _table(one) == table)
            if own:
                lines.append(f"GRANT SELECT ({', '.join(own)})\n    ON {table} TO {role.value};")
    return "\n".join(lines) + "\n"


def policies(rows: Rows) -> str:
    """Which rows each role sees, as the schema has it: from the register, in order."""
    return "\n".join(_policies(table, row) for table, row in sorted(sources(rows).items()))


def _policies(table: str, row: Row) -> str:
    lead = row.leads[0]
    text = (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n"
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;\n"
        f"CREATE POLICY own_work ON {table}\n"
        "    TO tenure_app, tenure_owner, tenure_privacy USING (true) WITH CHECK (true);\n"
    )
    if lead.way is not Way.PERSON:
        own = table.partition(".")[2]
        found = f"h.{_JOIN[lead.way]} = {own}.{lead.column}"
        found += f" AND h.during && {own}.during" if lead.way is Way.NUMBER else ""
        return text + (
            f"CREATE POLICY only_of_numbers_seen ON {table} FOR SELECT\n"
            f"    TO {_ALL} USING (EXISTS (\n"
            f"        SELECT FROM numbers.tenure h\n"
            # Looked up row by row: all tenures there are would be asked otherwise.
            f"        WHERE {found} OFFSET 0\n    ));\n"
        )
    who = lead.column
    return text + (
        f"CREATE POLICY only_those_picked ON {table} FOR SELECT\n"
        f"    TO {_LEAVING} USING (privacy.is_picked({who}));\n"
        f"CREATE POLICY only_of_the_case ON {table} FOR SELECT\n"
        f"    TO tenure_care USING (privacy.is_attended({who}));\n"
        f"CREATE POLICY nobody_at_rest ON {table} AS RESTRICTIVE FOR SELECT\n"
        f"    TO tenure_service, tenure_partner USING (NOT privacy.is_at_rest({who}));\n"
        f"CREATE POLICY only_who_agrees ON {table} AS RESTRICTIVE FOR SELECT\n"
        f"    TO tenure_partner USING (privacy.agrees({who}));\n"
    )


def _table(field: str) -> str:
    return field.rpartition(".")[0]


def body(ask: Ask, selection: Selection, order: Order) -> str:
    """Exactly what is asked by an authority's document, as two others sign it."""
    agreement = selection.agreement
    return canonical(
        {
            "kind": "disclosure",
            "recipient": agreement.recipient,
            "agreement": agreement.version,
            "purpose": agreement.purpose,
            "fields": list(selection.fields),
            "order": order.reference,
            "order_sha256": order.sha256,
            "persons": sorted(ask.persons or ()),
            "numbers": sorted(ask.numbers),
            "since": ask.since,
            "until": ask.until,
        }
    )


def period_before(months: int, at: Instant, time_zone: str) -> tuple[str, Instant]:
    """The last whole period before an instant, by the operator's clocks, and when it was over.

    Of three months: ``2026-3/4`` is the third of four, July to September.
    """
    local = moment_of(at).astimezone(ZoneInfo(time_zone))
    many = MONTHS_OF_YEAR // months
    index = local.year * many + (local.month - 1) // months
    over = dt.datetime(index // many, index % many * months + 1, 1, tzinfo=ZoneInfo(time_zone))
    year, place = divmod(index - 1, many)
    return f"{year}-{place + 1}/{many}", instant_of(over)


def due(terms: Terms, sent: Collection[tuple[str, str]], at: Instant) -> list[ReportDue]:
    """The standing reports of the period before that did not leave; ``sent``: report and period."""
    found = []
    for one in terms.privacy.disclosing.reports:
        period, since = period_before(one.months, at, terms.time_zone)
        if (one.name, period) not in sent:
            found.append(ReportDue(one.name, one.recipient, period, since))
    return found
