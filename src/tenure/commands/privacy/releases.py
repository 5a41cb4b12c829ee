"""The commands ``tenure privacy release`` and ``questions``: what analysis is told."""

import datetime as dt
from typing import Annotated, Final

import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.commands.privacy.noise import noise
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy import model, operations
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.terms.analysis import MICROS, NOISE
from tenure.terms.model import Terms
from tenure.values.instant import moment_of
from tenure.values.money import words
from tenure.values.refused import Refused

held = model.releases

NAME: Final = "privacy release"
MILLIONTHS: Final = 1_000_000


def add(parent: typer.Typer) -> None:
    """Make these commands part of ``tenure privacy``."""
    parent.command()(release)
    parent.command()(questions)


def release(
    question: Annotated[str, typer.Argument(help="Its name: tenure privacy questions.")],
    month: Annotated[
        str | None, typer.Option("--month", help="The month it is about, as 2026-10.")
    ] = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question of the pack about groups of people, once a month, as the budget lasts.

    Counted are those of age who said yes to analysis and are not restricted.  Asked again the
    answer is the same, and costs nothing.

    Example: tenure privacy release people-by-offer
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at), reason)
    about = _month(month) if month else moment_of(act.at).date().replace(day=1)

    async def work(pool: Pool) -> held.Release | Refused[held.Refusal] | Refused[StaffRefusal]:
        return await perform(
            pool, operations.releases.release, terms, question, about, noise(), act
        )

    made = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(made, Refused):
        connect.refused(NAME, made, as_json=as_json)
    connect.say("\n".join(_lines(made, terms)), _told(made), as_json=as_json)


def questions(
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show what the pack lets analysis ask, and what is left of this year's budgets.

    Example: tenure privacy questions
    """
    terms = connect.terms_of(NAME, operator)
    now = connect.instant_typed(at)

    async def work(pool: Pool) -> dict[str, held.Budget]:
        return await perform(pool, operations.releases.budgets, terms, now)

    left = connect.run(NAME, data, dsn, work)
    analysis = terms.privacy.analysis
    lines = []
    for one in analysis.questions.values():
        how = f"in groups of at least {one.people_min}, or {one.small}d"
        if one.method == NOISE:
            how = f"with noise, epsilon {one.epsilon_millionths / MILLIONTHS:g} an answer"
        lines.append(f"{one.name}: {one.measure} of {one.dataset} by {', '.join(one.by)}, {how}")
    for name, budget in left.items():
        spent, most = (
            figure / MILLIONTHS for figure in (budget.spent_millionths, budget.budget_millionths)
        )
        lines.append(f"{name}: epsilon {spent:g} of {most:g} is spent this year")
    told = {
        "questions": list(analysis.questions),
        "budgets": {
            name: {
                "spent_millionths": budget.spent_millionths,
                "budget_millionths": budget.budget_millionths,
            }
            for name, budget in left.items()
        },
    }
    connect.say("\n".join(lines), told, as_json=as_json)


def _month(typed: str) -> dt.date:
    try:
        return dt.date.fromisoformat(f"{typed}-01")
    except ValueError as wrong:
        raise typer.BadParameter(f"--month: {typed} is no month; write 2026-10") from wrong


def _lines(made: held.Release, terms: Terms) -> list[str]:
    """The answer as a person reads it."""
    cost = (
        f"epsilon {made.epsilon_millionths / MILLIONTHS:g}" if made.epsilon_millionths else "exact"
    )
    given = ", given before" if made.again else ""
    lines = [f"{made.question} of {made.month:%Y-%m}: {made.measure}, {cost}{given}"]
    for one in made.told:
        figure = words(one.figure, terms.currency) if made.measure == MICROS else f"{one.figure:,}"
        lines.append(f"  {', '.join(one.group)}: {figure}")
    return lines


def _told(made: held.Release) -> dict[str, object]:
    """The answer as a program reads it."""
    return {
        "question": made.question,
        "month": f"{made.month:%Y-%m}",
        "measure": made.measure,
        "by": list(made.by),
        "epsilon_millionths": made.epsilon_millionths,
        "again": made.again,
        "figures": [{"group": list(one.group), "figure": one.figure} for one in made.told],
    }
