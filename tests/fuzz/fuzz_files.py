"""Any line of a usage file is a record or a problem with its remedy."""

import atheris

with atheris.instrument_imports(include=["tenure.gateways.files"]):
    from tenure.gateways.files.wire import (
        Layout,
        Problem,
        Record,
        layout_of,
        read_csv,
        read_json,
        reject_line,
    )

from tests.fuzz.fuzzing import fuzz

HEADER = b"record_id,service,msisdn,at,seconds\n"


def one(data: bytes) -> None:
    """The same bytes as a header, as a line under a good header, and as a line of JSON."""
    line = data.partition(b"\n")[0] + b"\n"
    layout_of(line)
    layout = layout_of(HEADER)
    assert isinstance(layout, Layout)
    found = [read_json(1, line), read_csv(1, line, layout)]
    for record in found:
        assert isinstance(record, Record | Problem)
        if isinstance(record, Problem):
            assert reject_line(record, line).count("\n") == 1


if __name__ == "__main__":
    fuzz(one, [HEADER, b"a1,voice,85512345678,2026-01-01T00:00:00Z,61", b'{"record_id": "a1"}'])
