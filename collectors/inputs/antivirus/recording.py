"""Which tool wrote a recorded output, by its content; and what it tells."""

from dataclasses import replace

from collectors.input import BadOutput, Recording
from collectors.inputs.antivirus import bduitool, clamav, defender, mdatp, windows
from collectors.inputs.antivirus.points import to_points
from collectors.inputs.antivirus.product import DEFAULT_POLICY, WINDOWS_POLICY, Findings, Product
from collectors.inputs.antivirus.unix import with_definitions
from collectors.point import Point
from collectors.recorded_text import recorded_text
from collectors.text import Text
from collectors.windows import powershell, security_center
from collectors.windows.records import is_cut, read_records

_CUT = Text("出力が途中で切れています", "the output is cut off")


def parse(recording: Recording) -> list[Point]:
    """Return the points of a recorded output.

    Known are: the answer of our own PowerShell script; AntiVirusProduct of SecurityCenter2 and Get-MpComputerStatus
    as list, table, CSV or JSON; `mdatp health`; `bduitool get ps`; the head of a ClamAV database and
    `clamscan --version`.

    Raises:
        BadOutput: the output is none of these, is empty, or is damaged.
    """
    findings = _findings(recording)
    return to_points(findings, WINDOWS_POLICY if findings.system == "windows" else DEFAULT_POLICY)


def _findings(recording: Recording) -> Findings:
    if clamav.is_header(recording.data):
        return _clamav(clamav.read_header(recording.data), recording.now_ns)
    text = recorded_text(recording)
    if powershell.is_document(text, windows.KIND):
        return windows.findings(powershell.read_document(text), recording.now_ns, DEFAULT_POLICY)
    if clamav.is_version(text):
        return _clamav(clamav.read_version(text), recording.now_ns)
    if bduitool.is_status(text):
        return Findings((bduitool.read(text, recording.now_ns),))
    if security_center.is_table(text):
        return _some([Product.of_security_center(each) for each in security_center.read_table(text)])
    found = _some(_from_records(text, recording.now_ns))
    return replace(found, unread=(_CUT,)) if is_cut(text) else found


def _from_records(text: str, now_ns: int) -> list[Product]:
    records = read_records(text)
    flattened = [mdatp.flattened(record) for record in records]
    health = [mdatp.read(record, now_ns) for record in flattened if mdatp.is_health(record)]
    if health:
        return health[:1]
    if not any(defender.is_status(record) or security_center.is_product(record) for record in records):
        raise BadOutput("this is not the output of an antivirus tool that is known here")
    return windows.merged_records(records, now_ns, DEFAULT_POLICY)


def _clamav(definitions: clamav.Definitions | None, now_ns: int) -> Findings:
    if definitions is None:
        raise BadOutput("the ClamAV database is damaged or cut off, or none is loaded")
    # A database alone does not tell whether the daemon runs.
    return Findings((with_definitions(Product(clamav.NAME, "clamav"), definitions, now_ns),))


def _some(products: list[Product]) -> Findings:
    if not products:
        raise BadOutput("the output names no antivirus product")
    return Findings(tuple(products))
