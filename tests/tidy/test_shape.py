"""Every import contract bites: a small house keeps them all, and each fault breaks its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROMISE_FILES = ("model", "rules", "store", "operations", "personal_data")
GATEWAY_FILES = ("wire", "session", "translate", "server")

WORLD = "The world enters by a gateway"
ORDER = "A promise knows only the promises below it"
INSIDE = "Inside a promise"
DOORS = "A promise is entered by its doors"
STRANGERS = "Gateways do not know each other"
INSIDE_GATEWAY = "Inside a gateway"
SANS_IO = "Only a server touches the network"
PURE = "Words, terms and rules touch nothing outside"
TERMS = "The terms are read once from files"
SQL = "Only postgres/ and the stores know PostgreSQL"

FAULTS = [
    ("values/word.py", "import tenure.postgres.pool", WORLD),
    ("postgres/pool.py", "import tenure.promises.money.model", WORLD),
    ("promises/money/operations.py", "import tenure.gateways.nchf.wire", WORLD),
    ("gateways/nchf/server.py", "import tenure.commands.up", WORLD),
    ("commands/up.py", "import tenure.main", WORLD),
    ("drawer.py", "", WORLD),
    ("promises/numbers/operations.py", "import tenure.promises.charging.model", ORDER),
    ("promises/topups/operations.py", "import tenure.promises.charging.model", ORDER),
    ("promises/surprises/__init__.py", "", ORDER),
    ("promises/money/store.py", "import tenure.promises.money.rules", INSIDE),
    ("promises/money/rules.py", "import tenure.promises.money.store", INSIDE),
    ("promises/money/model.py", "import tenure.promises.money.personal_data", INSIDE),
    ("promises/money/extra.py", "", INSIDE),
    ("promises/charging/operations.py", "import tenure.promises.numbers.store", DOORS),
    ("promises/charging/rules.py", "import tenure.promises.people.rules", DOORS),
    ("commands/up.py", "import tenure.promises.money.store", DOORS),
    ("gateways/nchf/server.py", "import tenure.gateways.diameter.wire", STRANGERS),
    ("gateways/nchf/wire.py", "import tenure.gateways.nchf.session", INSIDE_GATEWAY),
    ("gateways/nchf/extra.py", "", INSIDE_GATEWAY),
    ("gateways/nchf/wire.py", "import socket", SANS_IO),
    ("gateways/nchf/session.py", "import tenure.promises.money.model", SANS_IO),
    ("promises/money/rules.py", "import asyncio", PURE),
    ("promises/money/rules.py", "import time", PURE),
    ("promises/money/model.py", "import logging", PURE),
    ("values/word.py", "import random", PURE),
    ("terms/model.py", "import socket", TERMS),
    ("promises/money/operations.py", "import psycopg", SQL),
    ("gateways/nchf/server.py", "import psycopg_pool", SQL),
    ("commands/up.py", "import psycopg", SQL),
]


def house(folder: Path) -> Path:
    """A small house of our shape, with imports that are allowed."""
    files = {"main.py": "import tenure.commands.up\n", "settings.py": ""}
    files["commands/up.py"] = "import tenure.gateways.nchf.server\n"
    files["terms/model.py"] = files["values/word.py"] = ""
    files["postgres/pool.py"] = "import psycopg\nimport psycopg_pool\n"
    for promise in (
        "charging",
        "topups",
        "numbers",
        "money",
        "tariffs",
        "people",
        "staff",
        "record",
        "privacy",
    ):
        for name in PROMISE_FILES:
            files[f"promises/{promise}/{name}.py"] = ""
        files[f"promises/{promise}/store.py"] = "import psycopg\nimport tenure.postgres.pool\n"
    files["promises/charging/rules.py"] = "import tenure.promises.money.rules\n"
    files["promises/charging/operations.py"] = "import tenure.promises.numbers.operations\n"
    for gateway in ("diameter", "nchf"):
        for name in GATEWAY_FILES:
            files[f"gateways/{gateway}/{name}.py"] = ""
    files["gateways/nchf/server.py"] = "import socket\nimport tenure.promises.charging.model\n"
    for name, text in files.items():
        path = folder / "src" / "tenure" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for path in (folder / "src" / "tenure").rglob("*"):
        if path.is_dir():
            (path / "__init__.py").touch()
    (folder / "src" / "tenure" / "__init__.py").touch()
    shutil.copy(ROOT / ".importlinter", folder)
    shutil.copytree(ROOT / "tools", folder / "tools")
    return folder


def broken(folder: Path) -> set[str]:
    """The names of the contracts that a house does not keep."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{folder / 'src'}:{folder}", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert any(" KEPT" in line for line in lines), done.stdout + done.stderr
    return {line.removesuffix(" BROKEN") for line in lines if line.endswith(" BROKEN")}


def test_a_house_of_our_shape_keeps_every_contract(tmp_path: Path) -> None:
    assert broken(house(tmp_path)) == set()


@pytest.mark.parametrize(("path", "line", "contract"), FAULTS)
def test_a_fault_breaks_its_contract(tmp_path: Path, path: str, line: str, contract: str) -> None:
    planted = house(tmp_path) / "src" / "tenure" / path
    planted.parent.mkdir(exist_ok=True)
    before = planted.read_text() if planted.exists() else ""
    planted.write_text(f"{before}{line}\n")
    assert any(name.startswith(contract) for name in broken(tmp_path))


def test_every_contract_is_tried() -> None:
    lines = (ROOT / ".importlinter").read_text(encoding="utf-8").splitlines()
    names = [line.removeprefix("name = ") for line in lines if line.startswith("name = ")]
    tried = {contract for _, _, contract in FAULTS}
    assert [name for name in names if not any(map(name.startswith, tried))] == []
