"""The command ``tenure terms``: reads an operator's pack and says all that is wrong with it."""

import json
import sys
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from tenure.promises.tariffs import rules as tariffs
from tenure.terms.clauses import register
from tenure.terms.pack import Checked, check, find
from tenure.terms.pricelist import Pack
from tenure.values.instant import Instant, iso, moment_of

app = typer.Typer(no_args_is_help=True)

FAILED, ASKED_WRONGLY = 1, 2


@app.callback()
def terms() -> None:
    """The terms of an operator."""


@app.command("check")
def check_pack(
    pack: Annotated[str, typer.Argument(help="A name under operators/, or the path of a pack.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Read a pack and report every problem, each with its file, line, clause and remedy.

    Exit code 0: it can be used.  1: it has problems.  2: there is no such pack.

    Example: tenure terms check smart-kh
    """
    checked = check(pack)
    if as_json:
        sys.stdout.write(json.dumps(_facts(checked), ensure_ascii=False, indent=2) + "\n")
    elif checked.pack is None:
        where = find(pack) or pack
        for problem in checked.problems:
            sys.stdout.write(f"{where}/{problem}\n")
        count = len(checked.problems)
        sys.stderr.write(
            f"tenure terms check: {count} problem{'' if count == 1 else 's'}; "
            "the pack cannot be used\n"
        )
    else:
        sys.stdout.write(_summary(checked.pack))
    if checked.pack is None:
        raise typer.Exit(ASKED_WRONGLY if find(pack) is None else FAILED)


def _facts(checked: Checked) -> dict[str, object]:
    """The outcome for a program."""
    problems = [
        {
            "file": problem.file,
            "line": problem.line,
            "clause": problem.clause,
            "what": problem.what,
            "remedy": problem.remedy,
        }
        for problem in checked.problems
    ]
    if checked.pack is None:
        return {"usable": False, "problems": problems}
    pack = checked.pack
    return {
        "usable": True,
        "problems": problems,
        "operator": pack.terms.operator,
        "currency": pack.terms.currency,
        "offers": [offer.name for offer in pack.terms.offers],
        "bundles": [bundle.name for bundle in pack.terms.bundles],
        "versions": [
            {
                "version": version.version_id,
                "published_at": iso(version.published_at),
                "effective_from": iso(version.effective_from),
                "rows": len(version.rows),
            }
            for version in pack.versions
        ],
        "clauses": list(pack.clauses),
        "unpriced": list(tariffs.unpriced(pack)),
    }


def _summary(pack: Pack) -> str:
    """The outcome for a person."""
    terms = pack.terms
    lines = [
        (
            f"{terms.operator} can be used: {terms.name}, {terms.country}, {terms.currency} "
            f"({terms.currency_exponent} decimals), {terms.time_zone}, "
            f"{' + '.join(terms.languages)} ({terms.prevailing_language} prevails)"
        ),
        "",
        f"{len(terms.offers)} offers",
    ]
    for offer in terms.offers:
        kind = "postpaid" if offer.postpaid else "prepaid"
        base = f", otherwise as {offer.base}" if offer.base else ""
        lines.append(f"    {offer.name:<12} {kind}{base}")
    lines.append(f"{len(terms.bundles)} bundles")
    lines += [f"    {bundle.name:<12} {bundle.title}" for bundle in terms.bundles]
    lines.append(f"{len(pack.versions)} versions of the price list")
    for version in pack.versions:
        bands = sorted({span.band for span in version.bands})
        lines.append(
            f"    {version.version_id:<12} from {_clock(pack, version.effective_from)}, published "
            f"{_clock(pack, version.published_at)}: {len(version.rows)} rows, "
            f"bands {', '.join(bands) or 'none'}, rounded {version.rounding.value}"
        )
    lines.append(
        f"{len(pack.zones)} zones: {len(pack.destinations)} prefixes, "
        f"{len(pack.short_numbers)} short numbers, {len(pack.networks)} networks, "
        f"{len(pack.rating_groups)} rating groups, {len(pack.members)} ranges of closed groups"
    )
    lines.append(f"{len(pack.clauses)} clauses have their figures here")
    lines += [f"    {clause:<14} {register()[clause]}" for clause in pack.clauses]
    missing = tariffs.unpriced(pack)
    if missing:
        lines.append(f"{len(missing)} routes have no price in the latest version, and are refused")
        lines += [f"    {route}" for route in missing]
    return "\n".join(lines) + "\n"


def _clock(pack: Pack, at: Instant) -> str:
    """What the operator's clocks show."""
    return f"{moment_of(at).astimezone(ZoneInfo(pack.terms.time_zone)):%Y-%m-%d %H:%M}"
