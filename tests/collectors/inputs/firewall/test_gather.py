from collectors import catalogue
from collectors.input import InputError, NoPermission
from collectors.inputs.firewall import INPUT, Firewall
from collectors.inputs.firewall.layer import PROFILES, WINDOWS, Findings, Layer
from collectors.point import to_lines

SECOND = 10**9


class Office:
    """A machine whose private profile is switched, and a clock."""

    def __init__(self) -> None:
        self.private: bool | None = True
        self.now_ns = 1_790_000_000 * SECOND

    def read(self) -> Findings:
        states = dict.fromkeys(PROFILES, True) | {"private": self.private}
        return Findings(tuple(Layer(name, WINDOWS, state, "block") for name, state in states.items()))


def test_it_remembers_since_when_it_saw_a_profile_off() -> None:
    office = Office()
    firewall = Firewall(office.read, now_ns=lambda: office.now_ns)
    assert "off_since" not in firewall.gather()[0].fields

    office.private, first = False, office.now_ns // SECOND
    firewall.gather()
    office.now_ns += 600 * SECOND
    device, domain, private, _ = firewall.gather()
    assert (private.fields["off_since"], private.fields["off_for_s"]) == (first, 600)
    assert device.fields["off_for_s"] == 600
    assert "off_since" not in domain.fields


def test_it_forgets_only_when_the_profile_is_seen_on_again() -> None:
    office = Office()
    firewall = Firewall(office.read, now_ns=lambda: office.now_ns)
    office.private, first = False, office.now_ns // SECOND
    firewall.gather()
    office.private = None
    assert "off_since" not in firewall.gather()[0].fields
    office.private, office.now_ns = False, office.now_ns + 60 * SECOND
    assert firewall.gather()[0].fields["off_since"] == first
    office.private = True
    firewall.gather()
    office.private, office.now_ns = False, office.now_ns + 60 * SECOND
    assert firewall.gather()[0].fields["off_since"] == first + 120


def test_it_turns_a_source_that_cannot_be_read_into_an_unknown_device() -> None:
    def fail() -> Findings:
        raise NoPermission("no permission to run powershell")

    (point,) = Firewall(fail).gather()
    assert (point.fields["state"], point.fields["reason_code"]) == ("unknown", "unreadable")
    assert "enabled" not in point.fields


def test_it_runs_on_this_machine() -> None:
    try:
        points = INPUT.create(INPUT.settings).gather()
    except InputError as error:
        raise AssertionError("a firewall that cannot be read is a state, not an error") from error
    assert catalogue.problems(points) == []
    assert to_lines(points)
