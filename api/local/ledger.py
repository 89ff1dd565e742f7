"""How far each simulated device's data has been sent; what makes the backfill resumable."""

import json
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path

from api.local.state import StateError, write_private
from collectors.text import Text


@dataclass(slots=True)
class Account:
    """One sender.

    Attributes:
        device: public id.
        token: device token.
        sent_until: Unix seconds up to which all points are stored.
    """

    device: str
    token: str
    sent_until: int


@dataclass(slots=True)
class Ledger:
    """The content of `office.json`.

    Attributes:
        anchor: Unix seconds; where the office's history ended when it was made.
        accounts: key of the machine or equipment -> its account.
    """

    path: Path
    anchor: int
    accounts: dict[str, Account] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def advance(self, key: str, sent_until: int) -> None:
        """Write down that all points up to a time are stored."""
        with self._lock:
            self.accounts[key].sent_until = sent_until
            self._save()

    def add(self, key: str, account: Account) -> None:
        """Keep a new sender's token."""
        with self._lock:
            self.accounts[key] = account
            self._save()

    def _save(self) -> None:
        accounts = {key: asdict(account) for key, account in self.accounts.items()}
        write_private(self.path, json.dumps({"anchor": self.anchor, "accounts": accounts}, indent=1))


def open_ledger(path: Path, now_s: int) -> Ledger:
    """Read the ledger, or begin one whose history ends now.

    Raises:
        StateError: the file is damaged.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        accounts = {key: Account(**account) for key, account in found["accounts"].items()}
        return Ledger(path, found["anchor"], accounts)
    except FileNotFoundError:
        return Ledger(path, now_s)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StateError(
            Text(
                f"{path} を読めません（{error}）。--data-dir で別の場所を指定してください",
                f"{path} cannot be read ({error}); start with another --data-dir",
            )
        ) from None
