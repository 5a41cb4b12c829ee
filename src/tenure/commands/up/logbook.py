"""The log: a JSON object a line, in a file of the data folder, about nobody."""

import json
import logging
import logging.handlers
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

OCTETS_MAX: Final = 10 * 1024 * 1024
FILES_KEPT: Final = 5


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """One line; of an exception its kind and places, not its message, which may quote data."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "says": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            places = traceback.extract_tb(error.__traceback__)
            line["error"] = type(error).__name__
            line["places"] = [f"{one.filename.rpartition('/')[2]}:{one.lineno}" for one in places]
        return json.dumps(line, ensure_ascii=False)


def open_log(data: Path) -> Path:
    """Send what is logged to a file of the data folder from now on; returns the file."""
    folder = data / "log"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tenure.log"
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=OCTETS_MAX, backupCount=FILES_KEPT, encoding="utf-8"
    )
    handler.setFormatter(_Lines())
    root = logging.getLogger()
    for former in root.handlers:
        if isinstance(former, logging.handlers.RotatingFileHandler):
            former.close()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    return path
