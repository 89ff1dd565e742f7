import json

from collectors.inputs.antivirus import windows
from collectors.inputs.antivirus.judge import judge
from collectors.inputs.antivirus.product import WINDOWS_POLICY, Findings
from collectors.windows.powershell import read_document

NOW_NS = 1_790_000_000_000_000_000
CLIENT = {"items": [{"ProductType": 1}]}
FAILED = {"error": "The RPC server is unavailable.", "id": "HRESULT 0x800706ba", "hresult": -2147023174}
RUNNING = {"items": [{"Name": "WinDefend", "DisplayName": "", "State": "Running"}]}


def findings(**parts: object) -> Findings:
    document = read_document(json.dumps({"karte": "antivirus", "parts": {"os": CLIENT, **parts}}))
    return windows.findings(document, NOW_NS, WINDOWS_POLICY)


def security_center(state: int) -> dict[str, object]:
    return {"items": [{"displayName": "Windows Defender", "productState": state}]}


def test_it_falls_back_to_security_center_where_defender_does_not_answer() -> None:
    found = findings(products=security_center(397568), defender=FAILED, services=RUNNING)
    assert judge(found, WINDOWS_POLICY).device.code == "protected"


def test_it_is_unknown_where_neither_of_them_can_vouch_for_protection() -> None:
    found = findings(products=security_center(393472), defender=FAILED, services=RUNNING)
    assert judge(found, WINDOWS_POLICY).device.code == "unreadable"
    assert (
        judge(findings(products=FAILED, defender=FAILED, services=RUNNING), WINDOWS_POLICY).device.code == "unreadable"
    )


def test_it_asks_the_registry_for_every_place_of_the_list() -> None:
    script = windows.script()
    assert "@('SOFTWARE\\ESET\\ESET Security\\CurrentVersion\\Info', 'ScannerVersion')" in script
    assert "<" not in script.split("Read-Part 'services'")[1]
