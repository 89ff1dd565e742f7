"""Pending updates of Debian and Ubuntu: the simulation of `apt-get`, and what apt leaves on disk.

The simulation prints, for each package, `Inst name [old] (new origin:version/archive, … [architecture])`. An update
is a security update if one of its origins is a security archive: Debian-Security, Ubuntu's -security, or Ubuntu ESM.
"""

import re
from datetime import UTC, datetime

from collectors.input import BadOutput
from collectors.inputs.patches.facts import Update

_STEP = re.compile(r"(?P<step>Inst|Conf|Remv) (?P<name>[a-z0-9][a-z0-9+.:-]+)(?P<rest>.*)")
_VERSIONS = re.compile(r" \[(?P<old>[^\]]+)\] \((?P<new>\S+) (?P<origins>[^)]*?)(?: \[[^\]]*\])?\)(?: \[.*\])?.*")
_SECURITY = re.compile(r"(?:^|, )(?:Debian-Security:|UbuntuESM|[^,]*-security(?:,|$| ))", re.IGNORECASE)
_SUMMARY = re.compile(
    r"^(?P<upgraded>\d+) upgraded, (?P<new>\d+) newly installed, (?:\d+ downgraded, )?(?P<removed>\d+) to remove and "
    r"(?P<kept>\d+) not upgraded\.$",
    re.MULTILINE,
)
_CHECK = re.compile(r"(?P<all>\d{1,5});(?P<security>\d{1,5})\s*")
_CHECK_IN_WORDS = re.compile(r"^(?P<all>\d{1,5}) (?:updates?|packages?) can be (?:applied|updated)\b", re.MULTILINE)
_SECURITY_IN_WORDS = re.compile(
    r"^(?P<security>\d{1,5}) (?:of these updates |updates? )(?:is|are) (?:a )?(?:standard )?security update",
    re.MULTILINE,
)
_UPGRADABLE = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9+.-]+)/(?P<archives>\S+) (?P<new>\S*\d\S*) [a-z0-9-]+ "
    r"\[(?:[^\]]*: ?)?(?P<old>[\w.+:~-]*\d[\w.+:~-]*)(?: [^\]]*)?\]"
)
_HISTORY_START = re.compile(r"^Start-Date: (\d{4}-\d\d-\d\d)  ?(\d\d:\d\d:\d\d)$", re.MULTILINE)


def is_simulation(text: str) -> bool:
    """Tell whether a text is the output of `apt-get -s upgrade` or `dist-upgrade`."""
    return _SUMMARY.search(text) is not None or any(
        step["step"] == "Inst" and "(" in step["rest"] for line in text.splitlines() if (step := _STEP.fullmatch(line))
    )


def read_simulation(text: str) -> tuple[Update, ...]:
    """Return the updates that apt would install; packages that would only come along new are not updates.

    Raises:
        BadOutput: the output is cut off: a package would be unpacked and never configured, or there are fewer
            packages than apt's own summary counts.
    """
    updates: dict[str, Update] = {}
    unpacked: set[str] = set()
    configured: set[str] = set()
    for line in text.splitlines():
        step = _STEP.fullmatch(line)
        if step is None:
            continue
        if step["step"] == "Inst":
            unpacked.add(step["name"])
            update = _update(step["name"], step["rest"])
            if update:
                updates[step["name"]] = update
        elif step["step"] == "Conf":
            configured.add(step["name"])
    summary = _SUMMARY.search(text)
    if unpacked - configured or (summary and int(summary["upgraded"]) != len(updates)):
        raise BadOutput("the apt output is cut off")
    return tuple(updates.values())


def is_check(text: str) -> bool:
    """Tell whether a text is the output of Ubuntu's apt-check: `all;security`."""
    return _CHECK.fullmatch(text) is not None


def is_check_in_words(text: str) -> bool:
    """Tell whether a text is the output of `apt-check --human-readable`, which the message of the day shows too."""
    return _CHECK_IN_WORDS.search(text) is not None


def read_check(text: str) -> tuple[int, int]:
    """Return how many security and how many other updates apt-check counts."""
    found = _CHECK.fullmatch(text)
    return _divided(int(found["all"]), int(found["security"])) if found else _divided(0, 1)


def read_check_in_words(text: str) -> tuple[int, int]:
    """Return how many security and how many other updates apt-check tells of in words.

    Raises:
        BadOutput: it does not tell how many of them are security updates.
    """
    found, security = _CHECK_IN_WORDS.search(text), _SECURITY_IN_WORDS.search(text)
    if found and int(found["all"]) == 0:
        return 0, 0
    if not found or not security:
        raise BadOutput("apt-check does not tell how many of the updates are security updates")
    return _divided(int(found["all"]), int(security["security"]))


def _divided(total: int, security: int) -> tuple[int, int]:
    if security > total:
        raise BadOutput("apt-check counts more security updates than updates")
    return security, total - security


def is_upgradable_list(text: str) -> bool:
    """Tell whether a text is `apt list --upgradable`, in any language."""
    return any(_UPGRADABLE.fullmatch(line.rstrip()) for line in text.splitlines())


def read_upgradable_list(text: str) -> tuple[Update, ...]:
    """Return the updates of `apt list --upgradable`; a last line without its end may be half of one."""
    rows = [found for line in text.split("\n")[:-1] if (found := _UPGRADABLE.fullmatch(line.rstrip()))]
    return tuple(
        Update(f"{row['name']} {row['old']} -> {row['new']}", _from_security_archive(row["archives"])) for row in rows
    )


def _from_security_archive(archives: str) -> bool:
    return any(archive.endswith("-security") or archive.startswith("UbuntuESM") for archive in archives.split(","))


def read_history(text: str) -> datetime | None:
    """Return when packages were last upgraded without error, from /var/log/apt/history.log.

    The log is in local time; the difference to UTC is what the machine's own zone says now.
    """
    last: datetime | None = None
    for entry in text.split("\n\n"):
        start = _HISTORY_START.search(entry)
        finished = "\nEnd-Date: " in entry and "\nError: " not in entry
        if start and finished and "\nUpgrade: " in entry:
            local = datetime.fromisoformat(f"{start[1]}T{start[2]}").astimezone()
            last = max(last, local.astimezone(UTC)) if last else local.astimezone(UTC)
    return last


def _update(name: str, rest: str) -> Update | None:
    found = _VERSIONS.fullmatch(rest)
    if found is None:
        return None
    return Update(f"{name} {found['old']} -> {found['new']}", _SECURITY.search(found["origins"]) is not None)
