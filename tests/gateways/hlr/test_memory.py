"""The network's own memory: what was proven is there after a kill, and for nobody else to read."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tenure.gateways.hlr.server.memory import Memory, UnusableMemoryError
from tenure.gateways.hlr.translate.dossier import Known
from tenure.values.msisdn import Imsi, Msisdn

NUMBER: Final = Msisdn("85512345678")
EVERYTHING: Final = (
    Known(NUMBER, "log.example", 7, Imsi("456060000000001"), "1", gone=(Imsi("456060000000007"),)),
    Known(Msisdn("85512345679"), "log.example", 8, None, None, ended_at=1_795_000_000),
    Known(Msisdn("85512345680"), "log.example", 9, Imsi("456060000000003"), "3", barred=True),
    Known(Msisdn("85512345681"), "log.example", 9, Imsi("456060000000004"), "3", lost=True),
    Known(Msisdn("85512345682"), "log.example", 9, Imsi("456060000000005"), "3", blocked=True),
)
KILLED: Final = """
import os, sys
from pathlib import Path
from tenure.gateways.hlr.server.memory import Memory
from tests.gateways.hlr.test_memory import EVERYTHING
memory = Memory(Path(sys.argv[1]))
for known in EVERYTHING:
    memory.keep(known)
os.kill(os.getpid(), 9)
"""


def test_what_is_kept_is_found_by_another_process_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "network" / "known.db"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False, env={
        **os.environ, "PYTHONPATH": os.pathsep.join(sys.path),
    })  # fmt: skip
    assert done.returncode == -9
    memory = Memory(path)
    assert memory.everything() == list(EVERYTHING)
    assert memory.find(NUMBER) == EVERYTHING[0]
    assert memory.find(Msisdn("85500000000")) is None
    memory.close()


def test_the_later_word_counts(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "known.db")
    memory.keep(EVERYTHING[0])
    later = Known(NUMBER, "log.example", 11, Imsi("456060000000009"), "2")
    memory.keep(later)
    assert memory.everything() == [later]
    memory.close()


def test_others_may_not_read_it(tmp_path: Path) -> None:
    path = tmp_path / "known.db"
    memory = Memory(path)
    memory.keep(EVERYTHING[0])
    modes = {found.name: found.stat().st_mode & 0o777 for found in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}
    memory.close()
    path.chmod(0o640)
    with pytest.raises(UnusableMemoryError, match="chmod 600"):
        Memory(path)


def test_a_file_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "known.db"
    path.touch(mode=0o600)
    path.write_bytes(b"not a database, though it is long enough to be taken for one" * 20)
    with pytest.raises(UnusableMemoryError, match="move it away"):
        Memory(path)
