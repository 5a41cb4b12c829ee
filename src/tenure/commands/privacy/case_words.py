"""A case of somebody's right, as a desk reads it: its time, its steps, and what became of it."""

from collections.abc import Iterator

from tenure.promises.privacy import model, operations
from tenure.terms.model import Terms
from tenure.values.instant import HOUR_MS, Instant, iso

held = model.rights
rights = operations.rights


def line(row: held.Row, at: Instant) -> str:
    """One open case, about nobody."""
    return f"{row.case_id}  {row.right.value}  {row.state.value}  {_time(row, at)}"


def report(one: model.disclosures.ReportDue) -> str:
    """A standing report that did not leave."""
    words = f"report {one.report} of {one.period} to {one.recipient}: due since {iso(one.since)}"
    return f"{words}; tenure privacy disclose --report {one.report}"


def _time(row: held.Row, at: Instant) -> str:
    if row.late:
        return f"LATE (due {iso(row.due_at)})"
    left = max(0, (row.due_at - at) // HOUR_MS)
    paused = ", the clock stands still" if row.paused else ""
    return f"{left} h left ({row.percent} % over, due {iso(row.due_at)}{paused})"


def said(known: held.Dossier, terms: Terms, at: Instant) -> str:
    """All of a case, in lines."""
    return "\n".join(_lines(known, terms, at))


def _lines(known: held.Dossier, terms: Terms, at: Instant) -> Iterator[str]:
    case, row = known.case, rights.row(known, at)
    asks = "" if case.asked_by is None else f", asked by person {case.asked_by}"
    yield f"case {case.case_id}"
    whose = f"{case.whose.kind} {case.whose.whom}"
    yield f"  {case.right.value} of {whose}{asks}, by {case.channel.value}"
    yield f"  received  {iso(case.received_at)}"
    if row.state in {held.State.TOLD, held.State.CLOSED}:
        yield f"  answered  {'LATE' if row.late else 'in time'} (due {iso(row.due_at)})"
    else:
        yield f"  due       {_time(row, at)}"
    yield f"  reaches   {case.scope.value}"
    for one in known.steps:
        reason = f": {one.reason}" if one.reason else ""
        yield f"  {iso(one.at)}  {one.step.value} -> {one.state.value} by {one.by}{reason}"
    for part in known.results:
        what = "done" if part.done else f"kept, {part.ground.value if part.ground else ''}"
        until = f", until {iso(part.until)}" if part.until is not None else ""
        reference = f" ({part.reference})" if part.reference else ""
        yield f"  {part.item}: {what}{reference}{until}"
    if known.now.outcome is None:
        return
    if row.state in {held.State.TOLD, held.State.CLOSED}:
        yield f"  told      {rights.answer(terms, known)}"
        return
    yield f"  to tell   {rights.answer(terms, known)}"
    if row.state in {held.State.PROPAGATED, held.State.DECLINED}:
        letter = "send a letter, then tenure privacy case answer CASE --letter REFERENCE"
        yield f"  waits     they have no number of ours: {letter}"


def told(known: held.Dossier, at: Instant) -> dict[str, object]:
    """The same for a program."""
    return {
        "case": known.case,
        "row": rights.row(known, at),
        "steps": known.steps,
        "results": known.results,
    }
