"""Files of a pack, read so that every value still knows the line it stands on."""

import csv
import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from tenure.terms.clauses import register
from tenure.terms.problems import Problem, UnreadableError
from tenure.terms.quantities import micros, parts_per_million
from tenure.values.instant import Instant, instant_of

FILE_OCTETS_MAX = 8 * 1024 * 1024

KIND_NAMES = {str: "text", int: "a whole number", bool: "true or false", list: "a list"}

TABLE = re.compile(r"\s*\[([^\[\]]+)\]\s*(#.*)?")
TABLES = re.compile(r"\s*\[\[([^\[\]]+)\]\]\s*(#.*)?")
KEY = re.compile(r"""\s*([A-Za-z0-9_-]+|"[^"]*")\s*=""")

Keys = tuple[str | int, ...]
"""Where a table or key stands: names, and indexes of repeated tables."""
Units = Callable[[str], int]


class Folder:
    """The folder of a pack, and everything found wrong in it so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.clauses: set[str] = set()

    def note(self, file: str, line: int, what: str, remedy: str, clause: str = "") -> None:
        """Remember a problem; reading goes on, so that all are reported at once."""
        self.problems.append(Problem(file, line, what, remedy, clause))

    def text(self, file: str) -> str | None:
        """The text of a file, or None when there is none to read."""
        path = self.path / file
        if not path.is_file():
            self.note(file, 0, "the file is missing", "add it; operators/smart-kh has an example")
            return None
        octets = path.read_bytes()
        if len(octets) > FILE_OCTETS_MAX:
            self.note(file, 0, "the file is too large", f"keep it under {FILE_OCTETS_MAX} octets")
            return None
        try:
            return octets.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = octets[: error.start].count(b"\n") + 1
            self.note(file, line, "the file is not UTF-8", "save it as UTF-8")
            return None

    def knows_clause(self, file: str, line: int, clause: str) -> None:
        """Note a clause that the register does not have."""
        if clause in register():
            self.clauses.add(clause)
        else:
            self.note(
                file, line, f'"{clause}" is not a clause', "use an id of the register of clauses"
            )

    def toml(self, file: str) -> "Section":
        """The top table of a TOML file; empty when it cannot be read."""
        text = self.text(file)
        values: dict[str, object] = {}
        if text is not None:
            try:
                values = tomllib.loads(text)
            except tomllib.TOMLDecodeError as error:
                found = re.search(r"line (\d+)", str(error))
                line = int(found[1]) if found else text.count("\n") + 1
                self.note(file, line, f"not TOML: {error}", "correct the spelling of this line")
        return Section(self, file, (), values, toml_lines(text or ""))

    def table(self, file: str, columns: tuple[str, ...]) -> Iterator["Row"]:
        """The rows of a CSV file that has exactly these columns, in any order."""
        text = self.text(file)
        if text is None:
            return
        header: list[str] | None = None
        for line, cells in csv_rows(text):
            if header is None:
                header = cells
                if not self._header_fits(file, line, header, columns):
                    return
            elif len(cells) != len(header):
                self.note(
                    file,
                    line,
                    f"{len(cells)} cells under {len(header)} columns",
                    "give every column a cell, empty or not; quote a cell that has a comma",
                )
            else:
                yield Row(self, file, line, dict(zip(header, cells, strict=True)))
        if header is None:
            self.note(file, 0, "the file has no header", f"begin with: {','.join(columns)}")

    def _header_fits(self, file: str, line: int, header: list[str], columns: Keys) -> bool:
        before = len(self.problems)
        for column in columns:
            if column not in header:
                self.note(
                    file, line, f'the column "{column}" is missing', "add it to the header line"
                )
        for column in header:
            if column not in columns:
                names = ", ".join(map(str, columns))
                self.note(file, line, f'unknown column "{column}"', f"the columns are {names}")
            elif header.count(column) > 1:
                self.note(file, line, f'the column "{column}" is there twice', "remove one")
        return len(self.problems) == before


def csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and cells; blank lines and lines that begin with # are for people."""
    for line, content in enumerate(text.splitlines(), start=1):
        if content.strip() and not content.lstrip().startswith("#"):
            cells = next(csv.reader([content], skipinitialspace=True))
            yield line, [cell.strip() for cell in cells]


def toml_lines(text: str) -> dict[Keys, int]:
    """The line of every table and key that begins a line, by its path."""
    lines: dict[Keys, int] = {}
    counts: dict[Keys, int] = {}
    table: Keys = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if matched := TABLES.fullmatch(line):
            names = _resolved(matched[1], counts)
            index = counts.get(names, -1) + 1
            counts[names] = index
            table = (*names, index)
            lines.setdefault(table, number)
            lines.setdefault(names, number)
        elif matched := TABLE.fullmatch(line):
            table = _resolved(matched[1], counts)
            lines.setdefault(table, number)
        elif matched := KEY.match(line):
            lines.setdefault((*table, matched[1].strip('"')), number)
    return lines


def _resolved(dotted: str, counts: dict[Keys, int]) -> Keys:
    """A dotted table name with the indexes of the arrays of tables it passes through."""
    path: Keys = ()
    names = [name.strip().strip('"') for name in dotted.split(".")]
    for name in names[:-1]:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path])
    return (*path, names[-1])


class Section:
    """A TOML table: gives its values typed, and notes each that is missing, wrong or unknown."""

    def __init__(
        self,
        folder: Folder,
        file: str,
        path: Keys,
        values: dict[str, object],
        lines: dict[Keys, int],
    ) -> None:
        self.folder = folder
        self.file = file
        self.path = path
        self.values = values
        self.lines = lines
        self.asked: set[str] = set()
        self.clause = ""
        if path:
            self._read_clauses()

    @property
    def name(self) -> str:
        """The table as it is written: lifecycle, bundle …"""
        return ".".join(str(part) for part in self.path if isinstance(part, str)) or self.file

    @property
    def line(self) -> int:
        """The line of the table's header."""
        return self.lines.get(self.path, 1)

    def line_of(self, key: str) -> int:
        """The line of a key, or of the table when the key is not there."""
        return self.lines.get((*self.path, key), self.line)

    def note(self, key: str, what: str, remedy: str) -> None:
        """Remember what is wrong with the value of a key."""
        self.folder.note(self.file, self.line_of(key), what, remedy, self.clause)

    def _read_clauses(self) -> None:
        self.asked.add("clause")
        given = self.values.get("clause")
        clauses = [given] if isinstance(given, str) else given
        if not isinstance(clauses, list) or not clauses or not all_text(clauses):
            self.folder.note(
                self.file,
                self.line_of("clause"),
                f"[{self.name}] names no clause",
                'add the clause its figures come from, such as clause = "GTC-TOPUP"',
            )
            return
        self.clause = str(clauses[0])
        for clause in clauses:
            self.folder.knows_clause(self.file, self.line_of("clause"), str(clause))

    def _value(self, key: str, kind: type, example: str) -> object | None:
        self.asked.add(key)
        if key not in self.values:
            self.note(key, f"[{self.name}] has no {key}", f"add {key} = {example}")
            return None
        value = self.values[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.note(key, f"{key} is not {KIND_NAMES[kind]}", f"write {key} = {example}")
            return None
        return value

    def has(self, key: str) -> bool:
        """Whether the key is given; for what may be left out."""
        self.asked.add(key)
        return key in self.values

    def text(self, key: str, example: str, default: str | None = None) -> str:
        """A text; the default, if there is one, may be left out."""
        if default is not None and not self.has(key):
            return default
        value = self._value(key, str, f'"{example}"')
        if value == "" and default is None:
            self.note(key, f"{key} is empty", f'write {key} = "{example}"')
        return str(value) if value is not None else ""

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        """One of a few words."""
        value = self.text(key, choices[0])
        if value and value not in choices:
            self.note(key, f'{key} is "{value}"', f"choose one of {', '.join(choices)}")
        return value

    def matching(self, key: str, pattern: str, example: str) -> str:
        """A text of a given form."""
        value = self.text(key, example)
        if value and not re.fullmatch(pattern, value, re.ASCII):
            self.note(key, f'{key} "{value}" has the wrong form', f'write it like "{example}"')
        return value

    def whole(self, key: str, least: int, most: int, example: int) -> int:
        """A whole number between two bounds, both included."""
        value = self._value(key, int, str(example))
        if not isinstance(value, int):
            return least
        if not least <= value <= most:
            self.note(key, f"{key} is {value}", f"write a number from {least} to {most}")
        return value

    def flag(self, key: str) -> bool:
        """True or false."""
        return bool(self._value(key, bool, "true"))

    def texts(self, key: str, pattern: str, example: str) -> tuple[str, ...]:
        """A list of texts of a given form, none twice."""
        value = self._value(key, list, f'["{example}"]')
        if not isinstance(value, list):
            return ()
        for item in value:
            if not isinstance(item, str) or not re.fullmatch(pattern, item, re.ASCII):
                self.note(key, f"{key} has {item!r}", f'write each like "{example}"')
            elif value.count(item) > 1:
                self.note(key, f'{key} has "{item}" twice', "remove one")
        return tuple(str(item) for item in value)

    def money(self, key: str, example: str) -> int:
        """An amount written in currency units, as whole millionths."""
        return self._understood(key, example, micros)

    def share(self, key: str, example: str) -> int:
        """A percentage, in millionths."""
        return self._understood(key, example, parts_per_million)

    def quantity(self, key: str, example: str, units: Units) -> int:
        """A quantity with its unit, as ``units`` understands it."""
        return self._understood(key, example, units)

    def measure(self, key: str, example: str, units: Units) -> int:
        """A quantity that others are divided by, so never nothing."""
        before = len(self.folder.problems)
        found = self._understood(key, example, units)
        if not found and len(self.folder.problems) == before:
            self.note(key, f"{key} is nothing", f'write more, such as "{example}"')
        return found or 1

    def _understood(self, key: str, example: str, reader: Units) -> int:
        text = self.text(key, example)
        if not text:
            return 0
        try:
            return reader(text)
        except UnreadableError as error:
            self.note(key, f"{key}: {error.what}", error.remedy)
            return 0

    def instant(self, key: str) -> Instant | None:
        """A date and time with its offset from UTC."""
        self.asked.add(key)
        example = "2026-01-01T00:00:00+07:00"
        value = self.values.get(key)
        if value is None:
            self.note(key, f"{key} is missing", f"add {key} = {example}")
        elif not isinstance(value, datetime) or value.tzinfo is None:
            self.note(key, f"{key} is not an instant", f"write {key} = {example}, with its offset")
        else:
            return instant_of(value)
        return None

    def section(self, key: str) -> "Section":
        """A table inside this one; noted and empty when it is missing."""
        self.asked.add(key)
        given = self.values.get(key)
        value: dict[str, object] = given if isinstance(given, dict) else {"clause": "GTC-SCOPE"}
        if value is not given:
            self.folder.note(self.file, self.line, f"there is no [{key}]", f"add a table [{key}]")
        return Section(self.folder, self.file, (*self.path, key), value, self.lines)

    def sections(self, key: str) -> list["Section"]:
        """The tables [[key]], in their order; there may be none."""
        self.asked.add(key)
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.note(key, f"{key} is not a list of tables", f"write [[{key}]] before each")
            return []
        return [
            Section(self.folder, self.file, (*self.path, key, index), item, self.lines)
            for index, item in enumerate(value)
        ]

    def done(self) -> None:
        """Note every key that nobody asked for: a figure that is not understood is not ignored."""
        for key in self.values:
            if key not in self.asked:
                known = ", ".join(sorted(self.asked))
                self.note(key, f'unknown parameter "{key}"', f"the parameters are {known}")


class Row:
    """A line of a CSV file."""

    def __init__(self, folder: Folder, file: str, line: int, cells: dict[str, str]) -> None:
        self.folder = folder
        self.file = file
        self.line = line
        self.cells = cells
        self.clause = cells.get("clause", "")

    def note(self, what: str, remedy: str) -> None:
        """Remember what is wrong with this line."""
        self.folder.note(self.file, self.line, what, remedy, self.clause)

    def text(self, column: str, pattern: str = ".+", example: str = "a name") -> str:
        """A cell of a given form."""
        value = self.cells[column]
        if not re.fullmatch(pattern, value, re.ASCII):
            self.note(f'{column} is "{value}"', f"write it like {example}")
        return value

    def choice(self, column: str, choices: tuple[str, ...]) -> str:
        """A cell with one of a few words."""
        value = self.cells[column]
        if value not in choices:
            self.note(f'{column} is "{value}"', f"choose one of {', '.join(choices)}")
        return value

    def understood(self, column: str, reader: Units, default: int) -> int:
        """A cell as ``reader`` understands it; the default when it is empty."""
        value = self.cells[column]
        if not value:
            return default
        try:
            return reader(value)
        except UnreadableError as error:
            self.note(f"{column}: {error.what}", error.remedy)
            return default


def all_text(values: list[object]) -> bool:
    """Whether every value is a text."""
    return all(isinstance(value, str) for value in values)
