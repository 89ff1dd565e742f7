from collections.abc import Sequence
from pathlib import Path

from collectors.command import Output
from collectors.inputs.firewall.judge import judge
from collectors.inputs.firewall.layer import Findings
from collectors.inputs.firewall.linux import Linux
from collectors.verdict import State

EMPTY = b'{"nftables": [{"metainfo": {"version": "1.0.6"}}]}'
DENIED = Output(b"", b"Operation not permitted (you must be root)\nnetlink: Error: cache initialization failed", 1)


class Machine:
    def __init__(self, **answers: Output) -> None:
        self.answers = {name.replace("_", "-"): answer for name, answer in answers.items()}
        self.asked: list[str] = []

    def __call__(self, program: str, arguments: Sequence[str], timeout_s: float) -> Output:
        self.asked.append(program)
        return self.answers[program]

    def read(self, ufw_conf: Path = Path("/nonexistent")) -> Findings:
        return Linux(self, has_program=lambda name: name in self.answers, ufw_conf=ufw_conf).read()


def test_it_asks_no_further_once_a_manager_filters() -> None:
    machine = Machine(ufw=Output(b"Status: active\n", b"", 0), nft=Output(EMPTY, b"", 0))
    assert judge(machine.read()).device.state is State.OK
    assert machine.asked == ["ufw"]


def test_it_reads_the_kernel_where_the_managers_are_off() -> None:
    chain = b'{"family": "inet", "table": "f", "name": "i", "type": "filter", "hook": "input", "policy": "drop"}'
    drop = b'{"nftables": [{"chain": ' + chain + b"}]}"
    machine = Machine(
        ufw=Output(b"Status: inactive\n", b"", 0),
        firewall_cmd=Output(b"", b"not running\n", 252),
        nft=Output(drop, b"", 0),
    )
    judged = judge(machine.read())
    assert (judged.device.state, judged.manager) == (State.OK, "nftables")


def test_it_is_bad_where_everything_was_read_and_nothing_filters() -> None:
    machine = Machine(ufw=Output(b"Status: inactive\n", b"", 0), nft=Output(EMPTY, b"", 0))
    judged = judge(machine.read())
    assert (judged.device.state, judged.enabled) == (State.BAD, False)


def test_it_is_unknown_without_root_and_says_so() -> None:
    device = judge(Machine(nft=DENIED).read()).device
    assert device.state is State.UNKNOWN
    assert "root" in device.reason.en


def test_it_believes_ufws_file_only_when_it_says_no(tmp_path: Path) -> None:
    refused = Output(b"", b"ERROR: You need to be root to run this script\n", 1)
    conf = tmp_path / "ufw.conf"
    conf.write_text("# x\nENABLED=yes\nLOGLEVEL=low\n", "utf-8")
    assert judge(Machine(ufw=refused).read(conf)).device.state is State.UNKNOWN
    conf.write_text("ENABLED=no\n", "utf-8")
    assert judge(Machine(ufw=refused).read(conf)).device.state is State.BAD


def test_it_is_unknown_on_a_machine_without_any_tool() -> None:
    assert judge(Machine().read()).device.state is State.UNKNOWN
