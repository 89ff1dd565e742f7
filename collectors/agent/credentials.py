"""What enrolment gives this machine: kept in a file of its own that only the agent's user may read."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from collectors.agent.wording import AgentError, fill
from collectors.atomic import replace_file
from collectors.text import Text

_NOT_ENROLLED = Text(
    "この機器はまだ登録されていません。karte agent enroll URL コード で登録してください",
    "this machine is not enrolled; enrol it with: karte agent enroll URL CODE",
)
_UNREADABLE = Text("資格情報{path}を読めません: {why}", "cannot read the credentials {path}: {why}")
_DAMAGED = Text(
    "資格情報{path}が壊れています。karte agent enroll で登録し直してください",
    "the credentials {path} are damaged; enrol again with karte agent enroll",
)
_UNWRITABLE = Text("資格情報を{path}に保存できません: {why}", "cannot keep the credentials in {path}: {why}")


class NotEnrolled(AgentError):
    """There are no credentials yet."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who this machine is to the gateway.

    Attributes:
        url: the gateway's base URL.
        device: public ID of the device.
        token: device token; secret.
        contract: public ID of the contract.
        site: public ID of the site.
    """

    url: str
    device: str
    token: str = field(repr=False)
    contract: str
    site: str

    def save(self, path: Path) -> None:
        """Write the file with mode 0600, replacing an older one at once.

        Raises:
            AgentError: it cannot be written.
        """
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(path, json.dumps(asdict(self), indent=2).encode() + b"\n")
        except OSError as error:
            raise AgentError(fill(_UNWRITABLE, path=path, why=error.strerror)) from None


def load(path: Path) -> Credentials:
    """Read the credentials.

    Raises:
        NotEnrolled: there are none.
        AgentError: they cannot be read.
    """
    try:
        values = json.loads(path.read_bytes())
        return Credentials(**{name: str(values[name]) for name in Credentials.__dataclass_fields__})
    except FileNotFoundError:
        raise NotEnrolled(_NOT_ENROLLED) from None
    except OSError as error:
        raise AgentError(fill(_UNREADABLE, path=path, why=error.strerror)) from None
    except (ValueError, TypeError, KeyError):
        raise AgentError(fill(_DAMAGED, path=path)) from None
