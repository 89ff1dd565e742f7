"""That no group that leaves is smaller than k, whatever the data."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from api.privacy.anonymous.places import region, system
from api.privacy.anonymous.suppress import ANY, Step, Traits, anything, generalised

STEPS = [
    Step(1, region),
    Step(3, anything),
    Step(2, system),
    Step(1, anything),
    Step(2, anything),
    Step(0, anything),
]
TRAITS = st.tuples(
    st.sampled_from(["pc", "server", "nas"]),
    st.sampled_from(["01", "13", "14", "27", "47", ""]),
    st.sampled_from(["Windows 11 Pro", "Windows 10 Pro", "Ubuntu 24.04", ""]),
    st.text("AB", max_size=2),
)
GROUPS = st.dictionaries(TRAITS, st.frozensets(st.sampled_from("abcdefg"), min_size=1), max_size=30)


def members(groups: dict[Traits, frozenset[str]], told: dict[Traits, Traits | None]) -> dict[Traits, set[str]]:
    found: defaultdict[Traits, set[str]] = defaultdict(set)
    for traits, now in told.items():
        if now is not None:
            found[now] |= groups[traits]
    return found


@given(GROUPS, st.integers(2, 8))
def test_each_group_that_leaves_has_k_members(groups: dict[Traits, frozenset[str]], k: int) -> None:
    told = generalised(groups, STEPS, k)
    assert told.keys() == groups.keys()
    assert all(len(those) >= k for those in members(groups, told).values())


@given(GROUPS, st.integers(2, 8))
def test_nothing_false_is_told(groups: dict[Traits, frozenset[str]], k: int) -> None:
    for traits, now in generalised(groups, STEPS, k).items():
        if now is not None:
            assert now[0] in (traits[0], ANY)
            assert now[1] in (traits[1], region(traits[1]), ANY)
            assert now[2] in (traits[2], system(traits[2]), ANY)
            assert now[3] in (traits[3], ANY)


@given(GROUPS, st.integers(2, 8))
def test_what_enough_share_is_told_in_full(groups: dict[Traits, frozenset[str]], k: int) -> None:
    told = generalised(groups, STEPS, k)
    for traits, those in groups.items():
        if len(those) >= k:
            assert told[traits] == traits


@given(GROUPS)
def test_with_more_members_than_there_are_nothing_leaves(groups: dict[Traits, frozenset[str]]) -> None:
    assert set(generalised(groups, STEPS, 8).values()) <= {None}


def test_less_is_told_only_where_it_must_be() -> None:
    groups: dict[Traits, frozenset[str]] = {
        ("pc", "13", "Windows 11 Pro", "A"): frozenset("ab"),
        ("pc", "14", "Windows 11 Pro", "A"): frozenset("c"),
        ("pc", "01", "Windows 10 Pro", "B"): frozenset("de"),
    }
    assert generalised(groups, STEPS, 3) == {
        ("pc", "13", "Windows 11 Pro", "A"): ("pc", "Kanto", "Windows 11 Pro", "A"),
        ("pc", "14", "Windows 11 Pro", "A"): ("pc", "Kanto", "Windows 11 Pro", "A"),
        ("pc", "01", "Windows 10 Pro", "B"): None,
    }


def test_every_prefecture_has_its_region() -> None:
    found = [region(f"{number:02d}") for number in range(1, 48)]
    assert [found[number - 1] for number in (1, 2, 8, 15, 24, 31, 36, 40)] == [
        "Hokkaido",
        "Tohoku",
        "Kanto",
        "Chubu",
        "Kinki",
        "Chugoku",
        "Shikoku",
        "Kyushu-Okinawa",
    ]
    assert ANY not in found
