"""What came of the incident as a table for a person, and as an object for a program."""

import io
from typing import Final

from rich.console import Console
from rich.table import Table

from tenure.commands.prove.model import TOLD_WITHIN_SECONDS, Proof, Row, Verdict

WIDTH: Final = 150


def table(verdict: Verdict) -> str:
    """The table, and the last line."""
    shown = Table(show_lines=True, expand=True)
    shown.add_column("", width=3)
    shown.add_column("way in", ratio=3)
    shown.add_column("what stopped it, or made it ineffective", ratio=6)
    shown.add_column("owner told", ratio=2)
    shown.add_column("proof", ratio=3)
    for row in verdict.rows:
        met = "\n".join(row.met)
        if row.effective:
            met = f"EFFECTIVE\n{met}"
        shown.add_row(row.way, row.name, met, _told(row), _proof(row.proof))
    page = io.StringIO()
    Console(file=page, width=WIDTH, highlight=False, markup=False).print(shown)
    return f"{page.getvalue()}\n{last_line(verdict)}"


def last_line(verdict: Verdict) -> str:
    """All of it in a sentence or two."""
    slowest = verdict.slowest
    telling = "nobody was told" if slowest is None else f"slowest telling {slowest:.1f} s"
    unnamed = [row for row in verdict.rows if not row.number_known]
    late = [row.way for row in verdict.rows if not row.in_time]
    words = [
        f"{len(verdict.rows)} ways in, {verdict.effective} effective in the network, {telling}."
    ]
    if unnamed:
        words.append(
            f"In {len(unnamed)} nothing says which number it was: the reviewers were told."
        )
    if late:
        words.append(f"Not told within {TOLD_WITHIN_SECONDS:.0f} s: {', '.join(late)}.")
    served = "is served" if verdict.control_served else "IS NOT SERVED"
    words.append(f"A transfer as it should be {served} ({verdict.control}).")
    words.append(f"It took {verdict.seconds:.0f} s.")
    return " ".join(words)


def _told(row: Row) -> str:
    if not row.number_known:
        if row.reviewers is None:
            return "nobody"
        return f"the number is not known; reviewers after {row.reviewers:.1f} s"
    if row.told is None:
        return "NOT TOLD"
    return f"after {row.told.seconds:.1f} s: {row.told.kind}"


def _proof(proof: Proof | None) -> str:
    if proof is None:
        return "none: see what stopped it"
    if proof.index is None:
        return f"leaf {proof.leaf}: {proof.kind}"
    holds = ", receipt verified" if proof.verified else ""
    return f"leaf {proof.leaf}: {proof.kind}, place {proof.index}{holds}"


def told(verdict: Verdict) -> dict[str, object]:
    """The same for a program."""
    return {
        "ways": [_row(row) for row in verdict.rows],
        "effective": verdict.effective,
        "slowest_seconds": verdict.slowest,
        "control_served": verdict.control_served,
        "control": verdict.control,
        "holds": verdict.holds,
        "seconds": verdict.seconds,
    }


def _row(row: Row) -> dict[str, object]:
    proof = row.proof
    return {
        "way": row.way,
        "name": row.name,
        "met": list(row.met),
        "effective": row.effective,
        "told": None if row.told is None else row.told.kind,
        "told_seconds": None if row.told is None else row.told.seconds,
        "number_known": row.number_known,
        "reviewers_seconds": row.reviewers,
        "in_time": row.in_time,
        "tables_wrong": row.wrong_tables,
        "leaf": None if proof is None else proof.leaf,
        "leaf_kind": None if proof is None else proof.kind,
        "place": None if proof is None else proof.index,
        "receipt_verified": proof is not None and proof.verified,
    }
