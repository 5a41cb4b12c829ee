"""The commands ``tenure document``: new general terms and privacy notices are kept and told."""

import difflib
import hashlib
from typing import Annotated, Any, Final

import msgspec
import typer

from tenure.commands import campaigning, connect
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt
from tenure.commands.tariff.publishing import not_past, progress
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.consent import operations as consent
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Audience, Campaign, NewCampaign, NoticeKind
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Task
from tenure.terms.agreements import GENERAL_TERMS, PRIVACY_NOTICE, DocumentVersion
from tenure.terms.model import Terms
from tenure.values.instant import DAY_MS, Instant, iso
from tenure.values.refused import Refused

app = typer.Typer(
    help="Publish versions of the general terms and the privacy notice, and tell everybody.",
    no_args_is_help=True,
)

NAME: Final = "document"
APPROVAL: Final = "document.publish"
TOLD_DAYS: Final = 30
"""So long after it takes effect who could not be reached before is still told."""
KIND: Final = {
    GENERAL_TERMS: NoticeKind.TERMS_CHANGE,
    PRIVACY_NOTICE: NoticeKind.PRIVACY_CHANGE,
}

Document = Annotated[
    str, typer.Argument(metavar="DOCUMENT", help="general-terms or privacy-notice.")
]


class Done(msgspec.Struct, frozen=True):
    """What publishing came to: asked for, or published and planned."""

    version: DocumentVersion
    former: DocumentVersion | None
    request_hash: bytes
    until: Instant | None
    """Until when it can be approved; None when it is published."""
    planned: int


@app.command(name="list")
def list_(operator: Operator = connect.OPERATOR, at: At = None, as_json: AsJson = False) -> None:
    """List every version of the general terms and of the privacy notice, newest first (PRV-UPDATE).

    Example: tenure document list --operator smart-kh
    """
    terms = connect.terms_of(NAME, operator)
    now = connect.instant_typed(at)
    found = [one for name in KIND for one in consent.updates(terms, name, now)]
    lines = [
        f"{one.document}  {one.version}  published {iso(one.published_at)}  "
        f"in force from {iso(one.effective_from)}"
        for one in found
    ]
    connect.say("\n".join(lines), [_version_told(one) for one in found], as_json=as_json)


@app.command()
def publish(
    document: Document,
    version: Annotated[
        str, typer.Argument(metavar="[VERSION]", help="The newest of the pack without this.")
    ] = "",
    page: Annotated[
        str, typer.Option("--page", help="Where all of it can be read; WEBSITE/updates without.")
    ] = "",
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Publish a version of the general terms or the privacy notice.  The first time it shows what
    differs, and asks for it; once another of us has approved exactly this, the same command keeps
    it for good and plans the text that tells everybody.

    Example: tenure document publish privacy-notice --operator smart-kh
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, not_past(at))
    chosen = _chosen(terms, document, version)
    where = page or f"{terms.contact.website}/updates"

    async def work(pool: Pool) -> Done | Refused[Any]:
        done = await perform(pool, _publish, terms, chosen, where, act)
        if isinstance(done, Refused) or done[1] is None:
            return done if isinstance(done, Refused) else done[0]
        with progress("lines looked at", 0) as watch:
            _, planned = await campaigning.plan(
                pool, done[1], lambda: act.at, lambda looked, _: watch(looked)
            )
        return msgspec.structs.replace(done[0], planned=planned)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    told = {
        **_version_told(found.version),
        "published": found.until is None,
        "request": found.request_hash.hex(),
        "planned": found.planned,
    }
    connect.say("\n".join(_lines(terms, found)), told, as_json=as_json)


def _chosen(terms: Terms, document: str, version: str) -> DocumentVersion:
    """The version that is named, or the newest one."""
    known = [one for one in terms.consents.documents if one.document == document]
    found = [one for one in known if version in {"", one.version}]
    if not found:
        names = ", ".join(one.version for one in known) or ", ".join(KIND)
        connect.fail(NAME, f"{document} {version} is not in the pack; there are {names}")
    return found[-1]


async def _publish(
    tx: Transaction, terms: Terms, version: DocumentVersion, page: str, act: Act
) -> tuple[Done, Campaign | None] | Refused[Any]:
    """Ask for it, or keep it and open its campaign; all in one transaction."""
    member = await staff.allowed(tx, act.by, Task.PUBLISH, act.at)
    if isinstance(member, Refused):
        return member
    waiting = await _waiting(tx, terms, version, act)
    if isinstance(waiting, Refused) or waiting.until is not None:
        return waiting if isinstance(waiting, Refused) else (waiting, None)
    kept = await consent.publish(tx, terms, version.document, version.version, act)
    if isinstance(kept, Refused):
        return kept
    campaign = await notices.campaigns.open_one(
        tx, _campaign(terms, version, page, act.at), act, _body(terms, version).decode()
    )
    return campaign if isinstance(campaign, Refused) else (waiting, campaign)


async def _waiting(
    tx: Transaction, terms: Terms, version: DocumentVersion, act: Act
) -> Done | Refused[Any]:
    """What is still missing: somebody else's approval until an instant, or nothing."""
    former = _former(terms, version)
    request_hash = hashlib.sha256(_body(terms, version)).digest()
    request = await staff.asked(tx, request_hash)
    if request is None:
        made = await staff.ask(tx, APPROVAL, request_hash, act)
        if isinstance(made, Refused):
            return made
        return Done(version, former, request_hash, made.until, 0)
    approved = await staff.approvals(tx, request_hash, act.at)
    return Done(version, former, request_hash, None if approved else request.until, 0)


def _former(terms: Terms, version: DocumentVersion) -> DocumentVersion | None:
    known = [one for one in terms.consents.documents if one.document == version.document]
    place = known.index(version)
    return known[place - 1] if place else None


def _body(terms: Terms, version: DocumentVersion) -> bytes:
    """Exactly what two humans agree to."""
    said = {
        "kind": APPROVAL,
        "operator": terms.operator,
        "document": version.document,
        "version": version.version,
        "effective_from_ms": version.effective_from,
        "sha256": version.sha256,
    }
    return msgspec.json.encode(said, order="sorted")


def _campaign(terms: Terms, version: DocumentVersion, page: str, at: Instant) -> NewCampaign:
    facts = {
        language: {
            "effective_at": iso(version.effective_from),
            "summary": version.changes[language],
            "page": page,
        }
        for language in terms.languages
    }
    return NewCampaign(
        key=f"{version.document} {terms.operator} {version.version}",
        kind=KIND[version.document],
        audience=Audience(once_per_person=True),
        facts=facts,
        prevailing=terms.prevailing_language,
        until=Instant(max(version.effective_from, at) + TOLD_DAYS * DAY_MS),
    )


def _lines(terms: Terms, done: Done) -> list[str]:
    version, language = done.version, terms.prevailing_language
    what = f"{version.document} {version.version}, in force from {iso(version.effective_from)}"
    lines = [f"{what}: {version.changes[language]}"]
    if done.former is None:
        lines.append("the first version: there is nothing to compare it with")
    else:
        lines += difflib.unified_diff(
            done.former.texts[language].splitlines(),
            version.texts[language].splitlines(),
            done.former.version,
            version.version,
            lineterm="",
            n=1,
        )
    if done.until is None:
        return [*lines, f"published and kept for good; {done.planned:,} people are told"]
    return [
        *lines,
        f"asked for, until {iso(done.until)}; another of us approves with:",
        f"  tenure staff approve {done.request_hash.hex()} --by LOGIN",
        "then type this command again",
    ]


def _version_told(version: DocumentVersion) -> dict[str, object]:
    return {
        "document": version.document,
        "version": version.version,
        "published_at": iso(version.published_at),
        "effective_from": iso(version.effective_from),
        "changes": version.changes,
        "sha256": version.sha256,
    }
