"""Runs one decoder against bytes that are bred from good ones, guided by what the decoder does."""

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import atheris


def fuzz(one: Callable[[bytes], None], seeds: Sequence[bytes]) -> None:
    """Feed the decoder until the time given on the command line is over; a crash ends it with 77.

    The bytes of a crash are kept as ``.check/crash-…``; a run with that file plays only them.
    """
    kept = Path(".check")
    kept.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tenure-fuzz-") as corpus:
        for number, seed in enumerate(seeds):
            (Path(corpus) / str(number)).write_bytes(seed)
        given = [word for word in sys.argv[1:] if not word.startswith("-")]
        options = [
            "-print_final_stats=1",
            f"-artifact_prefix={kept}/",
            *([] if given else [corpus]),
        ]
        atheris.Setup([*sys.argv, *options], one)
        atheris.Fuzz()
