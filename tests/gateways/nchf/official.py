"""The official OpenAPI files, and whether a response is one that they describe."""

import functools
import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

ROOT = Path(__file__).parents[3]
FILE = "TS32291_Nchf_ConvergedCharging.yaml"
ERRORS = "TS29571_CommonData.yaml"


def folder() -> Path:
    """Where the files are: TENURE_SPECS, or the shared folder beside the repository."""
    base = Path(os.environ.get("TENURE_SPECS", ROOT.parent / "shared"))
    nested = base / "specs" / "3gpp"
    return nested if nested.is_dir() else base


def needed() -> None:
    """Skip a test without the files, unless TENURE_REQUIRE_PEERS=1 forbids skipping."""
    if (folder() / FILE).is_file():
        return
    words = f"{FILE} is not in {folder()}; name its folder in TENURE_SPECS"
    if os.environ.get("TENURE_REQUIRE_PEERS") == "1":
        pytest.fail(words)
    pytest.skip(words)


@functools.cache
def document(name: str) -> Any:
    """One of the files."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with (folder() / name).open(encoding="utf-8") as opened:
        return yaml.load(opened, Loader=loader)  # noqa: S506  both are safe loaders


@functools.cache
def registry() -> Registry[Any]:
    """All files, so that references between them resolve."""
    names = [path.name for path in sorted(folder().glob("TS*.yaml"))]
    pairs = [
        (name, Resource.from_contents(document(name), default_specification=DRAFT202012))
        for name in names
    ]
    return Registry().with_resources(pairs)


def validate(value: Any, file: str, pointer: str) -> None:
    """Fail unless a value is valid against the schema at a JSON pointer of a file."""
    schema = {"$ref": f"{file}#{pointer}"}
    validator = jsonschema.Draft202012Validator(
        schema,
        registry=registry(),
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )
    validator.validate(value)


def operation_of(path: str) -> str:
    """The path template of the file for a path of a request."""
    end = path.rsplit("/", 1)[-1]
    if end in {"update", "release"}:
        return f"/chargingdata/{{ChargingDataRef}}/{end}"
    return "/chargingdata"


def check(path: str, status: int, content_type: str, body: bytes) -> None:
    """Fail unless the file describes such a response to a POST of that path."""
    needed()
    template = operation_of(path)
    responses = document(FILE)["paths"][template]["post"]["responses"]
    described = responses.get(str(status))
    pointer = f"/paths/{_escaped(template)}/post/responses/{status}"
    file = FILE
    if described is not None and "$ref" in described:
        file, pointer = described["$ref"].split("#")
        described = functools.reduce(
            lambda at, key: at[key], pointer.split("/")[1:], document(file)
        )
    content = (described or {}).get("content")
    if content is None:
        # No body is described (204, 405, the default): if there is one, it is a problem.
        if body:
            assert content_type == "application/problem+json"
            validate(json.loads(body), ERRORS, "/components/schemas/ProblemDetails")
        return
    assert content_type in content, f"{content_type} for {status} of {template}"
    validate(json.loads(body), file, f"{pointer}/content/{_escaped(content_type)}/schema")


def _escaped(key: str) -> str:
    """A key inside a URI fragment that is a JSON pointer."""
    pointer = key.replace("~", "~0").replace("/", "~1")
    return pointer.replace("{", "%7B").replace("}", "%7D").replace("+", "%2B")
