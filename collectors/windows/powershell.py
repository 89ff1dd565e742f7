"""The one way in which inputs ask Windows PowerShell something.

A script reads several parts, each on its own, so that one part that fails does not take the others with it. The
answer is one JSON document:

    {"karte": "antivirus", "parts": {
        "defender": {"items": [{…}]},
        "products": {"error": "…", "id": "…", "hresult": -2147217394}}}

Scripts run on Windows PowerShell 5.1 and later, which Windows 10 and Windows Server 2016 bring along.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass

from collectors import command
from collectors.decode import decode_text
from collectors.input import BadOutput, InputError, NoPermission
from collectors.json_text import Record, load_json
from collectors.programs import Run
from collectors.scalar import as_int, as_text

PRELUDE = r"""
$ProgressPreference = 'SilentlyContinue'
$ErrorActionPreference = 'Stop'
$WarningPreference = 'SilentlyContinue'
try { [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false } catch { }
$parts = @{}
function Read-Part([string]$name, [scriptblock]$block) {
    try { $parts[$name] = @{ items = @(& $block) } }
    catch {
        $parts[$name] = @{
            error = [string]$_.Exception.Message
            id = [string]$_.FullyQualifiedErrorId
            hresult = $_.Exception.HResult
        }
    }
}
function Get-Plain($object, [string[]]$names) {
    $plain = @{}
    foreach ($name in $names) {
        $value = $object.$name
        if ($value -is [datetime]) { $value = $value.ToUniversalTime().ToString('o') }
        elseif ($value -is [enum]) { $value = [string]$value }
        $plain[$name] = $value
    }
    $plain
}
"""
"""What every script can use. Times leave as ISO 8601 in UTC and enumerations as words, whatever the locale."""

_END = "\n@{{ karte = '{kind}'; parts = $parts }} | ConvertTo-Json -Compress -Depth 5\n"
_ARGUMENTS = ("-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-EncodedCommand")
_ACCESS_DENIED = frozenset({-2147024891, -2147217405})
"""E_ACCESSDENIED 0x80070005 and WBEM_E_ACCESS_DENIED 0x80041003 as signed numbers."""
_DENIED_IDS = ("0x80070005", "0x80041003", "UnauthorizedAccess", "PermissionDenied")


@dataclass(frozen=True, slots=True)
class PartError:
    """Why one part could not be read.

    Attributes:
        message: what Windows said, in its own language.
        id: PowerShell's FullyQualifiedErrorId, which is not localised.
        hresult: HRESULT as a signed number; None if it gave none.
    """

    message: str
    id: str
    hresult: int | None

    @property
    def is_denied(self) -> bool:
        """Whether rights are what is missing."""
        return self.hresult in _ACCESS_DENIED or any(mark in self.id for mark in _DENIED_IDS)

    @property
    def is_missing_command(self) -> bool:
        """Whether the cmdlet itself does not exist on this machine."""
        return self.id.startswith("CommandNotFoundException")

    @property
    def is_missing_namespace(self) -> bool:
        """Whether the WMI namespace or class does not exist on this machine (0x8004100E, 0x80041010)."""
        return self.hresult in (-2147217394, -2147217392) or "0x8004100e" in self.id.lower()


@dataclass(frozen=True, slots=True)
class Document:
    """A script's answer.

    Attributes:
        items: the objects of each part that was read, property names in lower case.
        errors: why the other parts were not.
    """

    items: dict[str, list[Record]]
    errors: dict[str, PartError]


def script(kind: str, body: str) -> str:
    """Return the whole script of an input from the part that is its own."""
    return PRELUDE + body + _END.format(kind=kind)


def ask(text: str, timeout_s: float, run: Run = command.run) -> str:
    """Run a script and return what it printed.

    Raises:
        ToolMissing: there is no PowerShell here.
        NoPermission: it may not be run.
        InputError: it failed, or did not end in time.
    """
    encoded = base64.b64encode(text.encode("utf-16-le")).decode("ascii")
    done = run("powershell", [*_ARGUMENTS, encoded], timeout_s)
    answer = decode_text(done.stdout).strip("\ufeff \r\n")
    if not answer:
        raise InputError(f"PowerShell gave no answer (exit code {done.code})")
    return answer


def is_document(text: str, kind: str) -> bool:
    """Tell whether a text looks like the answer of the script of that kind."""
    return text.lstrip("\ufeff \r\n").startswith("{") and f'"karte":"{kind}"' in text.replace(" ", "")


def read_document(text: str) -> Document:
    """Return a script's answer.

    Raises:
        BadOutput: the text is not such an answer, or is cut off.
    """
    loaded = load_json(text)
    parts = loaded.get("parts") if isinstance(loaded, dict) else None
    if not isinstance(parts, dict):
        raise BadOutput("the answer of PowerShell has no parts")
    items: dict[str, list[Record]] = {}
    errors: dict[str, PartError] = {}
    for name, part in parts.items():
        listed = part.get("items") if isinstance(part, dict) else None
        if isinstance(listed, dict):
            # Windows PowerShell 5.1 writes some arrays as {"value": [...], "Count": n}.
            listed = listed.get("value")
        if isinstance(listed, list):
            items[name] = [_lowered(each) for each in listed if isinstance(each, dict)]
        else:
            errors[name] = _read_error(part)
    return Document(items, errors)


def typed(error: PartError, what: str) -> InputError:
    """Return the error of one part as the input error it means."""
    if error.is_denied:
        return NoPermission(f"no permission to read {what}; run the agent as LocalSystem or an administrator")
    return InputError(f"{what} could not be read: {error.message}")


def _read_error(part: object) -> PartError:
    fields: Record = part if isinstance(part, dict) else {}
    return PartError(
        as_text(fields.get("error")) or "no answer", as_text(fields.get("id")) or "", as_int(fields.get("hresult"))
    )


def _lowered(record: Record) -> Record:
    return {name.lower(): value for name, value in record.items()}


Ask = Callable[[str, float], str]
"""How an input asks PowerShell: the script and the seconds it may take, to the text it printed."""
