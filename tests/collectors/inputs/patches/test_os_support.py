from datetime import date

import pytest

from collectors.inputs.patches.os_support import Edition, edition_of, linux_support, table, windows_support


@pytest.mark.parametrize(
    ("name", "edition"),
    [
        ("Microsoft Windows 11 Pro", "pro"),
        ("Windows 10 Home", "pro"),
        ("CoreSingleLanguage", "pro"),
        ("ProfessionalEducation", "pro"),
        ("Education", "enterprise"),
        ("Microsoft Windows 10 Enterprise", "enterprise"),
        ("EnterpriseS", "ltsc"),
        ("Microsoft Windows 10 Enterprise LTSC", "ltsc"),
        ("Microsoft Windows 10 Enterprise 2016 LTSB", "ltsc"),
        ("IoTEnterpriseS", "iot_ltsc"),
        ("Microsoft Windows Server 2019 Standard", "server"),
        ("ServerStandard", "server"),
        ("ServerRdsh", "enterprise"),
        ("Microsoft Windows 7", None),
    ],
)
def test_it_tells_editions_apart(name: str, edition: Edition | None) -> None:
    assert edition_of(name) == edition


@pytest.mark.parametrize(
    ("build", "edition", "version", "end"),
    [
        (19045, "pro", "22H2", date(2025, 10, 14)),
        (19044, "pro", "21H2", date(2023, 6, 13)),
        (19044, "ltsc", "21H2", date(2027, 1, 12)),
        (17763, "server", "2019", date(2029, 1, 9)),
        (26100, "server", "2025", date(2034, 11, 14)),
        (26100, "enterprise", "24H2", date(2027, 10, 12)),
    ],
)
def test_it_knows_until_when_windows_is_supported(build: int, edition: Edition, version: str, end: date) -> None:
    support = windows_support(build, edition)
    assert support is not None
    assert (support.version, support.end) == (version, end)


def test_it_gives_no_date_where_the_edition_decides_and_is_not_known() -> None:
    support = windows_support(22631, None)
    assert support is not None
    assert support.end is None


@pytest.mark.parametrize(("identity", "version"), [("debian", ""), ("debian", "99"), ("nixos", "24.05"), ("rhel", "")])
def test_it_does_not_know_releases_that_are_not_in_the_table(identity: str, version: str) -> None:
    assert linux_support(identity, version) is None
    assert windows_support(99_999, "pro") is None


def test_it_takes_the_major_release_of_red_hat_and_its_like() -> None:
    for identity in ("rhel", "almalinux", "rocky"):
        support = linux_support(identity, "9.4")
        assert support is not None
        assert support.end == date(2032, 5, 31)


def test_it_lists_each_release_once_and_names_its_sources() -> None:
    content = table()
    for releases in (content.windows_client, content.windows_server):
        builds = [each.build for each in releases]
        assert len(builds) == len(set(builds))
    linux = [(each.id, each.version) for each in content.linux]
    assert len(linux) == len(set(linux))
    assert content.sources
    assert all((each.ja and each.en) or (not each.ja and not each.en) for each in content.linux)
