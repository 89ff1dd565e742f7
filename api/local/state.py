"""What a data directory holds and what runs on it, for the next start and for other commands on this machine."""

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal, get_args

from api.told import ToldError
from collectors.text import Text

Mode = Literal["local", "demo", "trial"]
"""local: this machine for good; demo: with the simulated office; trial: one cycle with a simulated MFP (`--once`)."""


class StateError(ToldError):
    """The state file cannot be used; the message names it."""


@dataclass(slots=True)
class State:
    """The content of `state.json`.

    Attributes:
        mode: what the directory was made for; it is never used for another.
        contract: public id of the contract that this machine belongs to; "" before the first start is through.
        site: public id of its site.
        url: where the service was last reached.
        influx_url: where influxd was last reached.
        grafana_url: where its Grafana was last started; "" if none was.
        pid: process id of the supervisor that last ran.
    """

    mode: Mode
    contract: str = ""
    site: str = ""
    url: str = ""
    influx_url: str = ""
    grafana_url: str = ""
    pid: int = 0


def load_state(path: Path) -> State | None:
    """Read the state; None if there is none yet.

    Raises:
        StateError: the file is damaged.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        known = {each.name: found[each.name] for each in fields(State) if each.name in found}
        state = State(**known)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise StateError(Text(f"{path} を読めません: {error}", f"{path} cannot be read: {error}")) from None
    if state.mode not in get_args(Mode):
        raise StateError(
            Text(f"{path} の用途 {state.mode!r} は知られていません", f"{path} names the unknown mode {state.mode!r}")
        )
    return state


def save_state(path: Path, state: State) -> None:
    """Write the state, whole or not at all."""
    write_private(path, json.dumps(asdict(state), indent=1))


def write_private(path: Path, text: str) -> None:
    """Replace a file, whole or not at all, readable by its owner only."""
    draft = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
