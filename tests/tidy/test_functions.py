"""No function of ours runs for everybody, or with names that its caller puts in its way."""

import psycopg
import pytest

from tests.tidy.catalogue import OURS

FUNCTIONS = f"""
    SELECT format('%s.%s', n.nspname, p.proname), p.prosecdef, coalesce(p.proconfig, '{{}}'),
           coalesce(p.proacl::text, 'PUBLIC'), pg_get_userbyid(p.proowner)
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
    WHERE {OURS} AND d.objid IS NULL ORDER BY 1
"""  # noqa: S608 -- put together from literals
PATH = ["search_path=pg_catalog, pg_temp"]
"""A temporary type would be found before ``text`` where pg_temp is not named last."""


@pytest.fixture
def functions(owner: str) -> list[tuple[str, bool, list[str], str, str]]:
    with psycopg.connect(owner) as connection:
        return connection.execute(FUNCTIONS.encode()).fetchall()


def test_each_function_names_where_it_looks(
    functions: list[tuple[str, bool, list[str], str, str]],
) -> None:
    assert [name for name, _, settings, _, _ in functions if settings != PATH] == []
    assert sum(definer for _, definer, *_ in functions) >= len(
        {"activate", "take_over", "effect", "end_request", "locked", "recycle"}
    )


def test_no_function_is_everybodys(functions: list[tuple[str, bool, list[str], str, str]]) -> None:
    # An entry of an access list that begins with "=" is of PUBLIC; no list at all is too.
    open_to_all = [
        name
        for name, _, _, acl, _ in functions
        if acl == "PUBLIC" or any(one.startswith("=") for one in acl.strip("{}").split(","))
    ]
    assert open_to_all == []
    assert {owner for *_, owner in functions} == {"tenure_owner"}
