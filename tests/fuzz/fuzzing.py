"""Runs one decoder against bytes that are bred from good ones, guided by what the decoder does."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import atheris

KEPT = Path(".check")


def fuzz(one: Callable[[bytes], None], seeds: Sequence[bytes]) -> None:
    """Feed the decoder until the time given on the command line is over; a crash ends it with 77.

    The bytes of a crash are kept as ``.check/crash-…``; a run with that file plays only them.
    What proved interesting is kept beside it, and the next run begins there.
    """
    corpus = KEPT / f"corpus-{Path(sys.argv[0]).stem}"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    given = [word for word in sys.argv[1:] if not word.startswith("-")]
    options = [
        "-print_final_stats=1",
        f"-artifact_prefix={KEPT}/",
        *([] if given else [str(corpus)]),
    ]
    atheris.Setup([*sys.argv, *options], one)
    atheris.Fuzz()
