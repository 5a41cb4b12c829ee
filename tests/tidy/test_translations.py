"""Every refusal has a word in every protocol that can meet it."""

import pkgutil
from collections.abc import Iterator, Mapping
from enum import Enum, IntEnum
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from tenure import gateways
from tenure.promises.charging.model import Refusal


def uncovered(tables: Mapping[str, Mapping[Any, object]]) -> dict[str, set[str]]:
    """By kind of refusal: the names that no table of it has, where the fullest one counts."""
    missing: dict[str, set[str]] = {}
    for table in tables.values():
        kinds = {type(key) for key in table}
        for kind in kinds:
            if len(kinds) == 1 and issubclass(kind, Enum) and kind.__name__ == "Refusal":
                lacking = {member.name for member in kind if member not in table}
                before = missing.get(kind.__module__)
                if before is None or len(lacking) < len(before):
                    missing[kind.__module__] = lacking
    return missing


def modules(gateway: str) -> Iterator[ModuleType]:
    """The translation of a gateway: one module, or a folder of them."""
    name = f"tenure.gateways.{gateway}.translate"
    try:
        first = import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return
    yield first
    for found in pkgutil.iter_modules(getattr(first, "__path__", [])):
        yield import_module(f"{name}.{found.name}")


GATEWAYS = [found.name for found in pkgutil.iter_modules(gateways.__path__)]


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_every_refusal_has_its_word(gateway: str) -> None:
    tables = {
        f"{module.__name__}.{name}": value
        for module in modules(gateway)
        for name, value in vars(module).items()
        if isinstance(value, Mapping)
    }
    missing = uncovered(tables)
    assert not any(missing.values()), missing


def test_both_charging_protocols_have_a_table() -> None:
    for gateway in ("diameter", "nchf"):
        kinds = {
            type(key)
            for module in modules(gateway)
            for value in vars(module).values()
            if isinstance(value, Mapping)
            for key in value
        }
        assert Refusal in kinds


def test_a_forgotten_refusal_is_seen() -> None:
    class Refusal(IntEnum):  # a kind of its own, with two names
        FIRST = 1
        SECOND = 2

    whole = {Refusal.FIRST: 1, Refusal.SECOND: 2}
    assert uncovered({"A": {Refusal.FIRST: 1}}) == {__name__: {"SECOND"}}
    assert uncovered({"A": {Refusal.FIRST: 1}, "B": whole}) == {__name__: set()}
