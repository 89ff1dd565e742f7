"""Time services of Linux: chrony, systemd-timesyncd, ntpd.

Sources: chronyc(1) "tracking"; timedatectl(1) "timesync-status" and "show"; ntpq(8), "peers" and "readvar". All of them
write their numbers with a point whatever the locale.
"""

import re

from collectors.input import BadOutput
from collectors.inputs.clock.status import Clock, stratum_of
from collectors.scalar import as_text

_ROW = re.compile(r" *(?P<name>[A-Z][A-Za-z ]*?) *: (?P<value>.*)")
_CHRONY_OFFSET = re.compile(r"(?P<seconds>\d+\.\d+) seconds (?P<way>slow|fast) of NTP time")
_CHRONY_SOURCE = re.compile(r"[0-9A-F]{8} \((?P<source>[^)]*)\)")
_CHRONY_LOCAL = "7F7F01"
"""127.127.1.x: the machine follows its own clock (chrony.conf(5), "local"), so that an offset of 0 tells nothing."""
_SPAN = re.compile(r"(?P<sign>[+-]?)(?P<parts>(?:\d+(?:\.\d+)?(?:y|month|w|d|h|min|s|ms|us|ns)\s*)+)")
_PART = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>y|month|w|d|h|min|s|ms|us|ns)\s*")
_MS = {
    "ns": 1e-6, "us": 1e-3, "ms": 1.0, "s": 1e3, "min": 6e4, "h": 3.6e6,
    "d": 8.64e7, "w": 6.048e8, "month": 2.6298e9, "y": 3.15576e10,
}  # fmt: skip
_PEER = re.compile(
    r"(?P<tally>[*o])(?P<remote>\S+) +\S+ +(?P<stratum>\d{1,2}) +\S +\S+ +\S+ +[0-7]{1,3} +"
    r"-?\d+\.\d+ +(?P<offset>[+-]?\d+\.\d+) +\d+\.\d+"
)
_PEERS_HEAD = re.compile(r" *remote +refid +st +t +when +poll +reach +delay +offset +jitter *")
_VARIABLE = re.compile(r"\b(?P<name>stratum|offset|leap|refid)=(?P<value>[^,\s]+)")
_SHOW = re.compile(r"(?P<name>NTP|NTPSynchronized|CanNTP)=(?P<value>yes|no)")


def is_chrony(text: str) -> bool:
    """Tell whether a text is `chronyc tracking`."""
    return text.lstrip("\ufeff \r\n").startswith("Reference ID ")


def read_chrony(text: str) -> Clock:
    """Return what `chronyc tracking` tells.

    Raises:
        BadOutput: it is cut off before it tells whether the clock is synchronised.
    """
    rows = _rows(text)
    leap = rows.get("Leap status")
    if leap not in ("Normal", "Insert second", "Delete second", "Not synchronised"):
        raise BadOutput("the output of chronyc is cut off")
    offset = _CHRONY_OFFSET.fullmatch(rows.get("System time", ""))
    source = _CHRONY_SOURCE.fullmatch(rows.get("Reference ID", ""))
    sign = 1.0 if offset and offset["way"] == "slow" else -1.0
    return Clock(
        "chrony",
        offset_ms=sign * float(offset["seconds"]) * 1000.0 if offset else None,
        synchronized=leap != "Not synchronised" and not rows.get("Reference ID", "").startswith(_CHRONY_LOCAL),
        stratum=stratum_of(_whole(rows.get("Stratum"))),
        source=(as_text(source["source"], 80) if source else None),
    )


def is_timesync(text: str) -> bool:
    """Tell whether a text is `timedatectl timesync-status`."""
    return re.match(r" *Server: ", text.lstrip("\ufeff\r\n")) is not None and "Poll interval:" in text


def read_timesync(text: str) -> Clock:
    """Return what `timedatectl timesync-status` tells; it shows an offset only once a server has answered."""
    rows = _rows(text)
    offset = span_ms(rows.get("Offset", ""))
    whole = "Packet count" in rows
    server = rows.get("Server", "").split(" ")[0]
    stratum = _whole(rows.get("Stratum"))
    return Clock(
        "timesyncd",
        offset_ms=offset,
        synchronized=True if offset is not None else False if whole else None,
        stratum=stratum_of(stratum + 1) if stratum else None,  # what is shown is the server's own
        source=as_text(server, 80) if server not in ("", "n/a", "(null)") else None,
    )


def is_timedated(text: str) -> bool:
    """Tell whether a text is `timedatectl show`."""
    return re.search(r"^NTPSynchronized=(yes|no)$", text, re.MULTILINE) is not None


def read_timedated(text: str) -> Clock:
    """Return what `timedatectl show` tells: whether the clock is kept right, but not how far off it is."""
    found = {row["name"]: row["value"] == "yes" for line in text.splitlines() if (row := _SHOW.fullmatch(line))}
    return Clock("timedated", synchronized=found.get("NTPSynchronized"))


def is_ntpq(text: str) -> bool:
    """Tell whether a text is `ntpq -p` or `ntpq -c rv`."""
    return any(_PEERS_HEAD.fullmatch(line) for line in text.splitlines()[:3]) or (
        "leap_" in text[:400] and "stratum=" in text
    )


def read_ntpq(text: str) -> Clock:
    """Return what ntpd tells: the peer that it follows (`*` or `o`), or its own variables.

    A last line without its end may hold half a number and is left out.
    """
    lines = text.replace("\r", "").split("\n")[:-1]
    peer = next((found for line in lines if (found := _PEER.fullmatch(line.rstrip()))), None)
    if peer:
        return Clock(
            "ntpd", float(peer["offset"]), True, stratum=stratum_of(int(peer["stratum"]) + 1), source=peer["remote"]
        )
    if any(_PEERS_HEAD.fullmatch(line) for line in lines):
        return Clock("ntpd", synchronized=False)
    return _variables("\n".join(lines))


def _variables(text: str) -> Clock:
    found = {row["name"]: row["value"] for row in _VARIABLE.finditer(text)}
    stratum, leap = _whole(found.get("stratum")), found.get("leap")
    synchronized = None if stratum is None else leap not in ("11", "3") and stratum_of(stratum) is not None
    try:
        offset = float(found["offset"]) if "offset" in found else None
    except ValueError:
        offset = None
    return Clock("ntpd", offset, synchronized, stratum=stratum_of(stratum), source=as_text(found.get("refid"), 80))


def span_ms(text: str) -> float | None:
    """Return a time span of systemd ("+1.234ms", "-2min 3.5s") in milliseconds; None if it is none."""
    found = _SPAN.fullmatch(text.strip())
    if not found:
        return None
    size = sum(float(part["number"]) * _MS[part["unit"]] for part in _PART.finditer(found["parts"]))
    return -size if found["sign"] == "-" else size


def _rows(text: str) -> dict[str, str]:
    """Return `Name : value` lines; a last line without its end is left out."""
    lines = text.replace("\r", "").split("\n")[:-1]
    found = (_ROW.fullmatch(line.replace(":  ", ": ")) for line in lines)
    return {row["name"]: row["value"].strip() for row in found if row}


def _whole(text: str | None) -> int | None:
    found = re.match(r"(\d{1,3})(?!\d)", text or "")
    return int(found[1]) if found else None
