from hypothesis import given
from hypothesis import strategies as st

from collectors import catalogue
from collectors.command import Output
from collectors.input import Recording
from collectors.inputs.event_log import EventLog, linux_reader, windows_reader
from collectors.inputs.event_log.counts import MOST_SOURCES, OTHER, Count, Findings, bounded, tally
from collectors.inputs.event_log.points import hardware_sources, to_points
from collectors.inputs.event_log.recording import parse
from collectors.point import to_lines

LINE = '{"__REALTIME_TIMESTAMP":"1","PRIORITY":"3","SYSLOG_IDENTIFIER":"a","MESSAGE":"田中さんのファイル"}\n'


def _journal(output: Output) -> EventLog:
    def run(program: str, arguments: object, timeout_s: float) -> Output:
        assert program == "journalctl"
        return output

    return EventLog(linux_reader(run))


def test_it_keeps_no_word_of_a_message() -> None:
    lines = to_lines(parse(Recording(LINE.encode(), "input.json", 0)))
    assert "田中" not in lines
    assert "errors_24h=1i" in lines


def test_it_counts_none_in_a_quiet_journal() -> None:
    (device,) = _journal(Output(b"", b"", 0)).gather()
    assert (device.fields["state"], device.fields["errors_24h"]) == ("ok", 0)


def test_it_is_unknown_where_the_journal_hides_its_records() -> None:
    hint = b"Hint: You are currently not seeing messages from other users and the system.\n"
    (device,) = _journal(Output(b"", hint, 0)).gather()
    assert device.fields["state"] == "unknown"
    assert "errors_24h" not in device.fields


def test_it_is_unknown_where_there_is_no_journal() -> None:
    (device,) = _journal(Output(b"-- No entries --\n", b"No journal files were found.\n", 0)).gather()
    assert device.fields["state"] == "unknown"


def test_it_says_when_it_stopped_counting() -> None:
    device, _ = _journal(Output((LINE * 5000).encode(), b"", 0)).gather()
    assert (device.fields["capped"], device.fields["reason_code"]) == (True, "many")


def test_it_asks_windows_for_counts_only() -> None:
    asked: list[str] = []

    def ask(script: str, timeout_s: float) -> str:
        asked.append(script)
        return '{"karte":"event_log","parts":{"System":{"items":[]},"Application":{"items":[]}}}'

    assert EventLog(windows_reader(ask)).gather()[0].fields["errors_24h"] == 0
    assert "$event.Message" not in asked[0]
    assert "FormatDescription" not in asked[0]


@given(st.lists(st.tuples(st.sampled_from(["System", "Application"]), st.text(max_size=99), st.booleans())))
def test_it_loses_no_record_and_bounds_the_sources(records: list[tuple[str, str, bool]]) -> None:
    counts = tally(records)
    kept = bounded(counts)
    assert sum(each.total for each in kept.values()) == len(records)
    assert all(sum(log == name for log, _ in kept) <= MOST_SOURCES + 1 for name in ("System", "Application"))
    assert catalogue.problems(to_points(Findings(counts))) == []


def test_it_sums_up_the_rest() -> None:
    counts = {("System", f"s{at:02}"): Count(errors=100 - at) for at in range(30)}
    kept = bounded(counts)
    assert ("System", "s00") in kept
    assert kept["System", OTHER].errors == sum(100 - at for at in range(MOST_SOURCES, 30))


def test_it_says_what_each_hardware_source_tells() -> None:
    assert all(each.tells for each in hardware_sources())
