"""/proc/mdstat of Linux.

Source: kernel, drivers/md/md.c `md_seq_show` and `status_resync`, and the `status` functions of each RAID level.
"""

import re
from dataclasses import dataclass

from collectors.inputs.raid.array import Array, Findings
from collectors.inputs.raid.wording import REASONS
from collectors.text import Text
from collectors.verdict import Verdict

SOURCE = "mdadm"

_HEAD = re.compile(
    r"(?P<name>md\S{0,100}) : (?P<state>active|inactive|broken)"
    r"(?: \((?P<mode>[a-z-]+)\))?(?: (?P<level>raid\d+|linear|multipath|faulty|container))?"
    r"(?P<members>(?: [^\s\[\]]+\[\d+\](?:\([A-Z]\))*)*) *"
)
_MEMBER = re.compile(r"[^\s\[\]]+\[\d+\](?P<flags>(?:\([A-Z]\))*)")
_COUNTS = re.compile(r"\[(?P<members>\d{1,5})/(?P<active>\d{1,5})\]")
_EXTERNAL = re.compile(r"super external:(?P<kind>\S+)")
_OPERATION = re.compile(
    r"(?P<operation>recovery|resync|reshape|check|repair) *= *(?P<percent>\d{1,3}\.\d)%|"
    r"(?P<waiting>recovery|resync|reshape|check|repair)=(?P<why>DELAYED|PENDING|REMOTE)"
)
_END = "unused devices:"
_WITHOUT_REDUNDANCY = ("raid0", "linear", "multipath", "faulty")
_CUT = Text("/proc/mdstat が途中で切れています", "/proc/mdstat is cut off")


@dataclass(frozen=True, slots=True)
class _Block:
    """One array's lines.

    Attributes:
        head: its first line, taken apart.
        rest: the lines that belong to it.
    """

    head: re.Match[str]
    rest: str

    def flagged(self, flag: str) -> int:
        return sum(f"({flag})" in member["flags"] for member in _MEMBER.finditer(self.head["members"]))


def is_mdstat(text: str) -> bool:
    """Tell whether a text is /proc/mdstat or part of it."""
    lines = text.lstrip("\ufeff \r\n").splitlines()
    return bool(lines) and (lines[0].startswith("Personalities :") or any(_HEAD.fullmatch(line) for line in lines))


def read(text: str) -> Findings:
    """Return the arrays; what a cut-off text does not tell stays unknown."""
    arrays = tuple(_array(block) for block in _blocks(text))
    return Findings(arrays, () if _END in text else (_CUT,))


def _blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    lines = text.replace("\r", "").split("\n")
    # What follows the last line end may be half a line: `[2/1` of `[2/12]`.
    for line in lines[:-1]:
        head = _HEAD.fullmatch(line)
        if head:
            blocks.append(_Block(head, ""))
        elif blocks and line.startswith(" "):
            blocks[-1] = _Block(blocks[-1].head, f"{blocks[-1].rest}{line}\n")
    return blocks


def _array(block: _Block) -> Array:
    counts = _COUNTS.search(block.rest) if block.head["state"] == "active" else None
    running = _OPERATION.search(block.rest)
    external = _EXTERNAL.search(block.rest)
    is_container = external is not None and not external["kind"].startswith("/")
    return Array(
        name=block.head["name"],
        source=SOURCE,
        verdict=_container() if is_container else _verdict(block, counts, running),
        level="container" if is_container else block.head["level"],
        members=int(counts["members"]) if counts else None,
        members_active=int(counts["active"]) if counts else None,
        failed=block.flagged("F"),
        spares=block.flagged("S"),
        operation=(running["operation"] or running["waiting"]) if running else None,
        percent=float(running["percent"]) if running and running["percent"] else None,
    )


def _container() -> Verdict:
    """Disks of an Intel or DDF set: the kernel shows them as inactive spares, the volumes in them are arrays of own."""
    return REASONS.verdict("container")


def _verdict(block: _Block, counts: re.Match[str] | None, running: re.Match[str] | None) -> Verdict:
    if not block.rest:
        return REASONS.verdict("partial")
    if block.head["state"] == "broken":
        return REASONS.verdict("failed", what="broken")
    if block.head["state"] == "inactive":
        return REASONS.verdict("inactive")
    failed = block.flagged("F")
    if counts is None:
        if block.head["level"] not in _WITHOUT_REDUNDANCY:
            return REASONS.verdict("partial")
        return REASONS.verdict("failed", what=f"{failed} disks") if failed else REASONS.verdict("ok")
    if int(counts["active"]) < int(counts["members"]):
        return _degraded(counts, running)
    if running:
        return REASONS.verdict("busy", **_progress(running))
    return REASONS.verdict("failed_spare", failed=failed) if failed else REASONS.verdict("ok")


def _degraded(counts: re.Match[str], running: re.Match[str] | None) -> Verdict:
    values = {"active": counts["active"], "members": counts["members"]}
    if running:
        return REASONS.verdict("rebuilding", **values, **_progress(running))
    return REASONS.verdict("degraded", **values)


def _progress(running: re.Match[str]) -> dict[str, str]:
    if running["operation"]:
        return {"operation": running["operation"], "percent": f"{running['percent']} %"}
    return {"operation": running["waiting"], "percent": running["why"].lower()}
