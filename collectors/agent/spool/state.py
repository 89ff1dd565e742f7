"""What a spool remembers besides its records: how far all is done with, and what was lost on the way."""

import json
import logging
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from collectors.agent.wording import fill
from collectors.atomic import replace_file
from collectors.text import Text

_log = logging.getLogger(__name__)

_DAMAGED = Text(
    "{path}が壊れています。未送信とみなして送り直します（累計は0から数え直します）",
    "{path} is damaged: what is in the spool is sent again, and counts start from 0",
)


@dataclass(slots=True)
class State:
    """Kept in `state.json`; replaced as a whole, so that the counts always fit `finished`.

    Attributes:
        finished: sequence of the last record that is stored, refused for good, or dropped.
        dropped: lines dropped so far because of age, size or a disk that could not be written.
        rejected: lines that the gateway refused so far.
        quarantined: damaged segments set aside so far.
        lost_bytes: bytes of those segments that were no intact record.
    """

    finished: int = 0
    dropped: int = 0
    rejected: int = 0
    quarantined: int = 0
    lost_bytes: int = 0

    def save(self, path: Path) -> None:
        """Replace the file.

        Raises:
            OSError: it could not be written.
        """
        replace_file(path, json.dumps(asdict(self)).encode())

    @classmethod
    def load(cls, path: Path) -> "State":
        """Read the file; where it is absent or damaged, start from nothing, which resends but loses nothing.

        Raises:
            OSError: it is there and cannot be read.
        """
        try:
            values = json.loads(path.read_bytes())
            known = {each.name: values[each.name] for each in fields(cls)}
        except FileNotFoundError:
            return cls()
        except (ValueError, TypeError, KeyError):
            known = {}
        if not known or any(type(value) is not int or value < 0 for value in known.values()):
            _log.error(fill(_DAMAGED, path=path))
            return cls()
        return cls(**known)
