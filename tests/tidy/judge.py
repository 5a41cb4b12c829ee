"""What we ask of a source file, as functions from its text to complaints about it."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

FILE_LINES_MAX: Final = 400
FUNCTION_LINES_MAX: Final = 50
DRAWERS: Final = frozenset(
    {"common", "core", "helper", "helpers", "manager", "misc", "service", "shared", "util", "utils"}
)
LEFT_OVER: Final = re.compile(r"\b(FIX" r"ME|TO" r"DO)\b")
MACHINE: Final = re.compile(r"/(home|ro" r"ot|wo" r"rk)/\w")
CLAUSE: Final = re.compile(r"\b(?:GTC|INC|PRV|WEB)-[A-Z0-9]+(?:-[A-Z])?\b")


def complaints(path: PurePath, text: str) -> list[str]:
    """What is wrong with a Python file at this place, in words with the remedy."""
    return [*_of_its_name(path), *_of_its_text(text), *_of_its_tree(path, ast.parse(text))]


def _of_its_name(path: PurePath) -> Iterator[str]:
    for part in (*path.parts[:-1], path.stem):
        if part in DRAWERS:
            yield f"{part}: a drawer; name it by what is in it"


def _of_its_text(text: str) -> Iterator[str]:
    if LEFT_OVER.search(text):
        yield "something is left over: finish it, or open an issue"
    if MACHINE.search(text):
        yield "a path of one machine"


def _of_its_tree(path: PurePath, tree: ast.Module) -> Iterator[str]:
    summary = (ast.get_docstring(tree) or "").partition("\n\n")[0].replace("\n", " ")
    if not summary.endswith("."):
        yield "begin with a sentence that says what this file is for, and end it with a full stop"
    if path.parts[0] != "src":
        return
    if (lines := _last_line(tree)) > FILE_LINES_MAX:
        yield f"{lines} lines: split by noun: rules.py, then rules/tariff.py"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = _length(node)
            if length >= FUNCTION_LINES_MAX:
                yield f"{node.name}: {length} lines; it has to be shorter than {FUNCTION_LINES_MAX}"


def _last_line(tree: ast.Module) -> int:
    return max((node.end_lineno or 0 for node in tree.body), default=0)


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function, without what it says about itself."""
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is None:
        return whole
    return whole - ((first.end_lineno or first.lineno) - first.lineno + 1)
