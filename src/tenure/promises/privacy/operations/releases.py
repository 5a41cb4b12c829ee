"""What analysis may ask: the questions of the pack, once a month, as far as budgets last."""

import datetime as dt
import hashlib
from collections.abc import Mapping

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.releases import (
    Budget,
    Group,
    Noise,
    Refusal,
    Release,
    Spending,
    Told,
)
from tenure.promises.privacy.rules import releases as rules
from tenure.promises.privacy.store import releases as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Task
from tenure.terms.analysis import CHARGES, NOISE, Question
from tenure.terms.model import Terms
from tenure.values.instant import Instant, moment_of
from tenure.values.refused import Refused

__all__ = ["budgets", "release"]


async def budgets(tx: Transaction, terms: Terms, at: Instant) -> dict[str, Budget]:
    """What was spent this year for each data set, and of how much."""
    year = moment_of(at).year
    published = terms.privacy.analysis.budgets
    return {name: await store.budget(tx, name, year, most) for name, most in published.items()}


async def release(
    tx: Transaction, terms: Terms, name: str, month: dt.date, noise: Noise | None, act: Act
) -> Release | Refused[Refusal] | Refused[StaffRefusal]:
    """Answer a question of the pack about a month, by somebody whose task it is (PRV-WHY).

    Counted are those of age who said yes to ``analysis`` and are not restricted.  Asked again it is
    the answer that was given, at no cost.  Refused when the question is unknown, the month does not
    fit, ``noise`` is needed and None, the year's budget is spent, or too few people were told of.
    """
    member = await staff.allowed(tx, act.by, Task.ANALYSE, act.at)
    if isinstance(member, Refused):
        return member
    known = await store.given(tx, name, month)
    if known is not None:
        return known
    question = await _asked(tx, terms, name, month, act.at)
    if isinstance(question, Refused):
        return question
    figures = await store.figures(tx, question, month, act.at)
    if question.method == NOISE:
        return await _noisy(tx, terms, (question, month, figures), noise, act)
    told = rules.crowded(figures, question)
    if isinstance(told, Refused):
        return told
    return await _given(tx, question, month, told, act)


async def _asked(
    tx: Transaction, terms: Terms, name: str, month: dt.date, at: Instant
) -> Question | Refused[Refusal]:
    """The question of this name, if the month fits it and there is something to tell of."""
    question = terms.privacy.analysis.questions.get(name)
    if question is None:
        names = ", ".join(terms.privacy.analysis.questions)
        return Refused(Refusal.UNKNOWN_QUESTION, f"the pack has no such question; it has {names}")
    wrong = rules.month_fits(question, month, at)
    if wrong is None and question.dataset == CHARGES and not await store.has_charges(tx, month):
        what = f"{month:%Y-%m} has no usage, or it became totals: they are in money.usage_total"
        wrong = Refused(Refusal.WRONG_MONTH, what)
    return question if wrong is None else wrong


async def _noisy(
    tx: Transaction,
    terms: Terms,
    asked: tuple[Question, dt.date, Mapping[Group, int]],
    noise: Noise | None,
    act: Act,
) -> Release | Refused[Refusal]:
    """An answer with noise, if there is a mechanism and the year's budget has what it costs."""
    question, month, figures = asked
    if noise is None:
        what = "the library that draws noise is missing; run: pip install 'tenure[analysis]'"
        return Refused(Refusal.NO_NOISE, what)
    most = terms.privacy.analysis.budgets[question.dataset]
    before = await store.budget(tx, question.dataset, moment_of(act.at).year, most)
    epsilon = noise.costs(question.bound, question.epsilon_millionths)
    cost = rules.spending(question, before, epsilon, act.at)
    if isinstance(cost, Refused):
        return cost
    groups = rules.domain(question, terms)
    exact = [figures.get(group, 0) for group in groups]
    drawn = noise.added(exact, question.bound, question.epsilon_millionths)
    told = tuple(Told(group, figure) for group, figure in zip(groups, drawn, strict=True))
    return await _given(tx, question, month, told, act, cost)


async def _given(
    tx: Transaction,
    question: Question,
    month: dt.date,
    told: tuple[Told, ...],
    act: Act,
    cost: Spending | None = None,
) -> Release:
    """Record and keep an answer, with what it costs."""
    epsilon = 0 if cost is None else cost.epsilon_millionths
    said: dict[str, Plain] = {
        "question": question.name,
        "month": f"{month:%Y-%m}",
        "method": question.method,
        "people_min": question.people_min,
        "bound": question.bound,
        "epsilon_millionths": epsilon,
        "sha256": hashlib.sha256(store.encoded(told)).hexdigest(),
    }
    leaf_seq = await record.append(tx, act, "privacy.released", said, {})
    made = Release(
        question=question.name,
        month=month,
        measure=question.measure,
        by=question.by,
        epsilon_millionths=epsilon,
        told=told,
        again=False,
    )
    if cost is not None:
        await store.spend(tx, cost, leaf_seq, act.at)
    await store.keep(tx, question, made, cost, (leaf_seq, act.at))
    return made
