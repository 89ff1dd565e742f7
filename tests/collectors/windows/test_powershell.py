import base64
from collections.abc import Sequence

import pytest

from collectors.command import Output
from collectors.input import BadOutput, InputError, NoPermission
from collectors.inputs.antivirus import windows as antivirus
from collectors.inputs.firewall import windows as firewall
from collectors.inputs.patches import windows as patches
from collectors.windows import powershell

SCRIPTS = {"antivirus": antivirus.script(), "firewall": firewall.SCRIPT, "patches": patches.SCRIPT}


class Recorder:
    def __init__(self, stdout: bytes) -> None:
        self.stdout = stdout
        self.calls: list[tuple[str, tuple[str, ...]]] = []

    def __call__(self, program: str, arguments: Sequence[str], timeout_s: float) -> Output:
        self.calls.append((program, tuple(arguments)))
        return Output(self.stdout, b"", 0)


def test_it_runs_the_script_without_profile_and_without_asking() -> None:
    run = Recorder(b"{}\r\n")
    assert powershell.ask("Write-Output 'あ'", 5.0, run) == "{}"
    ((program, arguments),) = run.calls
    assert program == "powershell"
    assert {"-NoProfile", "-NonInteractive"} < set(arguments)
    assert base64.b64decode(arguments[-1]).decode("utf-16-le") == "Write-Output 'あ'"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_it_reads_the_answer_in_whatever_encoding(encoding: str) -> None:
    assert powershell.ask("x", 5.0, Recorder('{"名": "ウイルス"}\r\n'.encode(encoding))) == '{"名": "ウイルス"}'


def test_it_says_that_there_was_no_answer() -> None:
    with pytest.raises(InputError, match="no answer"):
        powershell.ask("x", 5.0, Recorder(b"\r\n"))


@pytest.mark.parametrize("kind", SCRIPTS)
def test_it_keeps_scripts_short_enough_for_a_command_line(kind: str) -> None:
    # CreateProcess takes 32,767 characters; the script goes as base64 of UTF-16.
    assert len(base64.b64encode(SCRIPTS[kind].encode("utf-16-le"))) < 32_000


@pytest.mark.parametrize("kind", SCRIPTS)
def test_it_closes_every_bracket_of_a_script(kind: str) -> None:
    for opening, closing in ("{}", "()", "[]"):
        assert SCRIPTS[kind].count(opening) == SCRIPTS[kind].count(closing)
    assert f"karte = '{kind}'" in SCRIPTS[kind]


def test_it_reads_parts_and_why_others_failed() -> None:
    text = (
        '{"karte":"x","parts":{"good":{"items":[{"Name":"a"}]},"listed":{"items":{"value":[{"B":1}],"Count":1}},'
        '"bad":{"error":"アクセスが拒否されました。\\r\\n","id":"HRESULT 0x80041003,Get","hresult":-2146233088}}}'
    )
    assert powershell.is_document(text, "x")
    document = powershell.read_document(text)
    assert document.items == {"good": [{"name": "a"}], "listed": [{"b": 1}]}
    assert isinstance(powershell.typed(document.errors["bad"], "it"), NoPermission)


@pytest.mark.parametrize("text", ["", "[]", '{"parts": 1}', '{"karte":"x","parts":{"a"'])
def test_it_refuses_what_is_no_answer(text: str) -> None:
    with pytest.raises(BadOutput):
        powershell.read_document(text)
