"""Pending updates of Red Hat Enterprise Linux and its like: `updateinfo` and `check-update` of dnf and yum.

`dnf updateinfo list --security` lists `RHSA-2024:1234 Important/Sec. openssl-1:3.0.7-27.el9.x86_64`; dnf 5 writes
`advisory list` as a table whose last columns are the package and the date of issue. `check-update` lists
`openssl.x86_64  1:3.0.7-27.el9  baseos` and ends with exit code 100 where there are updates.
"""

import re
from datetime import date

from collectors.inputs.patches.facts import Update

_ADVISORY = re.compile(
    r"(?P<id>[A-Za-z][\w-]*?-\d{4}[:-][\w:-]+)\s+(?P<kind>\S*(?:Sec\.?|security)\S*)(?:\s+(?P<severity>[A-Za-z]+))?"
    r"\s+(?P<package>\S+-\S+-\S+\.\w+)(?:\s+(?P<issued>\d{4}-\d\d-\d\d)(?: \d\d:\d\d:\d\d)?)?\s*",
    re.IGNORECASE,
)
_OTHER_ADVISORY = re.compile(r"[A-Za-z][\w-]*?-\d{4}[:-][\w:-]+\s+\S+(?:\s+\S+)?\s+\S+-\S+-\S+\.\w+(?:\s.*)?")
_PACKAGE = re.compile(
    r"(?P<name>[\w.+-]+)\.(?P<arch>x86_64|noarch|i[3-6]86|aarch64|ppc64le|s390x)\s+(?P<version>\S+)\s+(?P<repository>\S+)"
)
_NEVRA = re.compile(r"(?P<name>.+)-(?:\d+:)?[^-]+-[^-]+\.\w+")
_SUMMARY_HEAD = re.compile(r"^Updates Information Summary: (?:available|updates)\s*$", re.MULTILINE)
_SUMMARY_COUNT = re.compile(r"^ {2,4}(?P<count>\d{1,6}) (?P<kind>[A-Z]\w*) notice\(s\)\s*$", re.MULTILINE)
_OBSOLETING = re.compile(r"Obsoleting Packages\s*", re.IGNORECASE)


def is_advisories(text: str) -> bool:
    """Tell whether a text is `updateinfo list` or `advisory list`."""
    return any(
        _ADVISORY.fullmatch(line.strip()) or _OTHER_ADVISORY.fullmatch(line.strip()) for line in text.split("\n")
    )


def read_advisories(text: str) -> tuple[Update, ...]:
    """Return the security updates, one a package, with the oldest date of issue that is given."""
    found: dict[str, Update] = {}
    for line in text.split("\n")[:-1]:
        row = _ADVISORY.fullmatch(line.strip())
        if row is None:
            continue
        issued = _date(row["issued"])
        name = package_name(row["package"])
        known = found.get(name)
        dates = [each for each in (known.released if known else None, issued) if each]
        title = known.name if known else f"{row['package']} ({row['id']})"
        found[name] = Update(title, security=True, released=min(dates, default=None))
    return tuple(found.values())


def is_summary(text: str) -> bool:
    """Tell whether a text is `updateinfo summary` of dnf 4 or yum."""
    return _SUMMARY_HEAD.search(text) is not None


def read_summary(text: str) -> tuple[int, int]:
    """Return how many security and how many other notices are open; one notice may concern several packages."""
    counts = {found["kind"].lower(): int(found["count"]) for found in _SUMMARY_COUNT.finditer(text)}
    return counts.get("security", 0), sum(count for kind, count in counts.items() if kind != "security")


def is_check_update(text: str) -> bool:
    """Tell whether a text is `check-update`."""
    return any(_PACKAGE.fullmatch(line.rstrip()) for line in text.split("\n"))


def read_check_update(text: str) -> tuple[Update, ...]:
    """Return the updates; which of them mend a vulnerability this list does not tell."""
    found: dict[str, Update] = {}
    # yum breaks a line after a long name and indents what follows.
    for line in re.sub(r"\n[ \t]+", "  ", text).split("\n")[:-1]:
        if _OBSOLETING.fullmatch(line):
            break
        row = _PACKAGE.fullmatch(line.rstrip())
        if row:
            found.setdefault(row["name"], Update(f"{row['name']} -> {row['version']}", security=False))
    return tuple(found.values())


def together(security: tuple[Update, ...], updates: tuple[Update, ...]) -> tuple[Update, ...]:
    """Return security updates and the others, each package once."""
    names = {package_name(update.name.split(" ", 1)[0]) for update in security}
    return (*security, *(update for update in updates if update.name.split(" ", 1)[0] not in names))


def package_name(nevra: str) -> str:
    """Return a package's name from name-[epoch:]version-release.architecture."""
    found = _NEVRA.fullmatch(nevra)
    return found["name"] if found else nevra


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
