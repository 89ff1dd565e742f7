"""What is known of a device's updates. None means that the source does not tell."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from collectors.inputs.patches.os_support import Support
from collectors.text import Text


@dataclass(frozen=True, slots=True)
class Update:
    """An update that is offered and not installed.

    Attributes:
        name: its title or package and versions.
        security: whether it mends a vulnerability.
        released: when it was published.
    """

    name: str
    security: bool
    released: date | None = None


@dataclass(frozen=True, slots=True)
class Hotfix:
    """A Windows hotfix that is installed.

    Attributes:
        id: its number, KB1234567.
        security: whether Windows calls it a security update.
        installed: when.
    """

    id: str
    security: bool
    installed: date | None = None


@dataclass(frozen=True, slots=True)
class OperatingSystem:
    """The operating system.

    Attributes:
        name: e.g. "Windows 10 Pro" or "Debian GNU/Linux 12 (bookworm)".
        build: e.g. "19045.5011"; the kernel's version is not a build.
        support: until when it is supported; None if the release is not in the table.
        has_extension: whether the machine has the paid extension of the support.
    """

    name: str | None = None
    build: str | None = None
    support: Support | None = None
    has_extension: bool | None = None


class Scope(Enum):
    """Which updates a list holds."""

    ALL = "all"
    SECURITY = "security"
    UNDIVIDED = "undivided"


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was read.

    Attributes:
        source: what told: windows_update, hotfixes, systeminfo, apt, dnf, needrestart …
        pending: the updates that are offered; () when there are none, None when that is not known.
        scope: which updates `pending` lists: all of them, only the security updates, or all without telling which
            of them mend a vulnerability.
        counted: how many security and other updates there are, where the source gives numbers only.
        partial: True where the list of offered updates is known to lack some; then they are not counted.
        monthly: True for systems whose security updates come once a month and replace each other (Windows).
        last_success: when updates were last installed.
        last_check: when updates were last looked for.
        hotfixes_cut: True where the list of hotfixes is cut off, so that neither their number nor the newest is known.
        unread: what could not be read and why.
    """

    source: str
    pending: tuple[Update, ...] | None = None
    scope: Scope = Scope.ALL
    counted: tuple[int, int] | None = None
    partial: bool = False
    monthly: bool = False
    last_success: datetime | None = None
    last_check: datetime | None = None
    reboot_required: bool | None = None
    services_to_restart: int | None = None
    containers_to_restart: int | None = None
    sessions_to_restart: int | None = None
    kernel_running: str | None = None
    kernel_expected: str | None = None
    hotfixes: tuple[Hotfix, ...] | None = None
    hotfixes_cut: bool = False
    system: OperatingSystem = OperatingSystem()
    booted_at: datetime | None = None
    unread: tuple[Text, ...] = ()

    @property
    def security_count(self) -> int | None:
        """How many security updates are pending."""
        if self.pending is None:
            return self.counted[0] if self.counted else None
        if self.partial or self.scope is Scope.UNDIVIDED:
            return None
        return sum(1 for update in self.pending if update.security)

    @property
    def other_count(self) -> int | None:
        """How many other updates are pending."""
        if self.pending is None:
            return self.counted[1] if self.counted else None
        if self.partial or self.scope is not Scope.ALL:
            return None
        return sum(1 for update in self.pending if not update.security)

    @property
    def total_count(self) -> int | None:
        """How many updates are pending, of whatever kind."""
        if self.pending is None:
            return sum(self.counted) if self.counted else None
        return None if self.partial or self.scope is Scope.SECURITY else len(self.pending)

    @property
    def lacks_security(self) -> bool:
        """Whether at least one security update is known to be missing."""
        return any(update.security for update in self.pending or ()) or bool(self.counted and self.counted[0])
