"""analysis.toml: how small a sum may be, which questions are answered, and what all may cost."""

from typing import Final

from tenure.terms.analysis import (
    COLUMNS,
    CROWD,
    MEASURES,
    MERGE,
    METHODS,
    MICROS,
    NOISE,
    REFUSE,
    Analysis,
    Question,
)
from tenure.terms.documents import Folder, Section
from tenure.terms.problems import UnreadableError
from tenure.terms.quantities import micros

FILE: Final = "analysis.toml"
NAME: Final = r"[a-z][a-z0-9-]{0,39}"
PURSES_LEAST: Final = 2
PURSES_MAX: Final = 10_000
ROWS_MAX: Final = 10_000
EPSILON_MAX: Final = 10_000_000
"""Ten: more than that promises nothing any more."""


def read_analysis(folder: Folder) -> Analysis:
    """The crowd of usage totals, budgets and questions; every question fits what it costs."""
    top = folder.toml(FILE)
    usage = top.section("usage")
    purses_min = usage.whole("purses_min", PURSES_LEAST, PURSES_MAX, 11)
    usage.done()
    budgets: dict[str, int] = {}
    for section in top.sections("budget"):
        dataset = section.choice("dataset", tuple(COLUMNS))
        if dataset in budgets:
            section.note("dataset", f"{dataset} has two budgets", "keep one of them")
        budgets[dataset] = _epsilon(section, "epsilon_per_year")
        section.done()
    questions: dict[str, Question] = {}
    for section in top.sections("question"):
        question = _question(section)
        if question.name in questions:
            section.note("name", f"{question.name} is there twice", "keep one of them")
        if question.method == NOISE and question.epsilon_millionths > budgets.get(
            question.dataset, 0
        ):
            what = f"one answer costs more than {question.dataset} may cost in a year"
            section.note("epsilon", what, "raise epsilon_per_year in [[budget]], or ask for less")
        questions[question.name] = question
    top.done()
    return Analysis(purses_min, budgets, questions)


def _question(section: Section) -> Question:
    dataset = section.choice("dataset", tuple(COLUMNS))
    columns = COLUMNS.get(dataset, ())
    by = section.texts("by", NAME, "offer")
    for column in by:
        if column not in columns:
            what = f"{dataset or 'the data set'} has no column {column}"
            section.note("by", what, f"the columns are {', '.join(columns)}")
    if not by:
        section.note("by", "by is empty", f"name at least one of {', '.join(columns)}")
    method = section.choice("method", METHODS)
    measure = section.choice("measure", MEASURES.get(dataset, ("people",)))
    noisy = method == NOISE
    crowded = method == CROWD
    if crowded and measure == MICROS:
        what = "an exact sum of money may be one person's, however many are counted"
        section.note("measure", what, 'write method = "noise", or measure = "people"')
    found = Question(
        name=section.matching("name", NAME, "data-by-age"),
        dataset=dataset,
        by=by,
        measure=measure,
        method=method,
        people_min=section.whole("people_min", PURSES_LEAST, PURSES_MAX, 11) if crowded else 0,
        small=section.choice("small", (MERGE, REFUSE)) if crowded else "",
        rows_max=section.whole("rows_max", 1, ROWS_MAX, 5) if noisy else 0,
        row_micros_max=section.money("row_max", "5.00") if noisy and measure == MICROS else 0,
        epsilon_millionths=_epsilon(section, "epsilon") if noisy else 0,
    )
    if noisy and measure == MICROS and not found.row_micros_max:
        section.note("row_max", "a row counts for nothing", 'write more, such as "5.00"')
    section.done()
    return found


def _epsilon(section: Section, key: str) -> int:
    text = section.text(key, "0.5")
    try:
        found = micros(text) if text else 0
    except UnreadableError as wrong:
        section.note(key, f"{key}: {wrong.what}", 'write it as "0.5"')
        return 0
    if text and not 0 < found <= EPSILON_MAX:
        section.note(key, f"{key} is {text}", "write more than 0 and at most 10")
    return found
