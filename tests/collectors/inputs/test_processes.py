import pytest

from collectors import catalogue
from collectors.input import InputError
from collectors.inputs.processes import INPUT, LinuxProcesses, UnixProcesses, WindowsProcesses, from_stats


def _stat(name: str, state: str, threads: int) -> str:
    return f"42 ({name}) {state} 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 {threads} 0 100 0 0"


def test_it_counts_states_and_threads() -> None:
    (point,) = from_stats([_stat("init", "S", 1), _stat("app", "R", 4), _stat("kworker", "I", 1), _stat("x", "Z", 1)])
    assert point.fields == {
        "total": 4, "running": 1, "sleeping": 1, "blocked": 0, "zombies": 1, "stopped": 0, "unknown": 0, "idle": 1,
        "total_threads": 7,
    }  # fmt: skip
    assert catalogue.problems([point]) == []


def test_it_is_not_misled_by_a_command_with_brackets() -> None:
    (point,) = from_stats([_stat("evil) R (x", "D", 2)])
    assert point.fields["blocked"] == 1


def test_it_counts_a_state_it_does_not_know_and_passes_over_a_cut_line() -> None:
    (point,) = from_stats([_stat("new", "Q", 1), "42 (cut) S 1"])
    assert (point.fields["total"], point.fields["unknown"]) == (1, 1)


def test_it_fails_in_one_line_without_proc() -> None:
    def broken() -> list[str]:
        raise OSError(2, "No such file or directory")

    with pytest.raises(InputError, match="/proc could not be read"):
        LinuxProcesses(broken).gather()


@pytest.mark.parametrize("gatherer", [UnixProcesses(), WindowsProcesses(), INPUT.create({})])
def test_it_reads_this_machine(gatherer: UnixProcesses) -> None:
    points = gatherer.gather()
    assert catalogue.problems(points) == []
    assert int(points[0].fields["total"]) >= 1
