from dataclasses import replace
from typing import Any

import pytest

from api.grafana.actions import (
    AddMember,
    CreateOrg,
    EnableAccount,
    PutFolder,
    PutSource,
    RemoveAccount,
    RemoveDashboard,
    RemoveMember,
    RemoveSource,
    RenameAccount,
    RenameOrg,
    SaveDashboard,
    SetPreferences,
    SetRole,
)
from api.grafana.answers import Account, Listed, Member, Stored
from api.grafana.plan import Actual, Keep, looks_right, plan, plan_accounts, plan_new
from api.grafana.wanted import STAFF, Noted, Person
from tests.api.grafana.samples import KEEP, NOTED, TARO, US, as_wanted, at_a_glance, organisation, subject

WANTED = organisation()
RIGHT = as_wanted(WANTED)


def test_nothing_is_done_to_what_is_as_wanted() -> None:
    assert plan(WANTED, RIGHT, NOTED, KEEP) == []
    assert looks_right(WANTED, RIGHT.glance, KEEP)


def test_a_new_one_is_complete_before_anybody_comes_in() -> None:
    kinds = [type(action) for action in plan_new(WANTED)]
    assert kinds == [CreateOrg, PutSource, PutFolder, SaveDashboard, SaveDashboard, SetPreferences, AddMember]


def _dashboard(**changes: Any) -> Actual:
    stored = RIGHT.dashboards["karte-device"]
    document = {**stored.document, **changes}
    return replace(RIGHT, dashboards={**RIGHT.dashboards, "karte-device": Stored(document, stored.folder)})


@pytest.mark.parametrize(
    ("actual", "words"),
    [
        (_dashboard(title="x"), "renamed"),
        (_dashboard(panels=[]), "its contents differ"),
        (_dashboard(extra=1), "its contents differ"),
        (
            replace(
                RIGHT,
                dashboards={
                    **RIGHT.dashboards,
                    "karte-device": Stored(RIGHT.dashboards["karte-device"].document, "other"),
                },
            ),
            "moved to another folder",
        ),
    ],
)
def test_a_dashboard_that_was_changed_is_set_right_with_the_reason(actual: Actual, words: str) -> None:
    (action,) = plan(WANTED, actual, NOTED, KEEP)
    assert isinstance(action, SaveDashboard)
    assert action.uid == "karte-device"
    assert words in action.told.en


def test_one_that_is_gone_comes_back_and_one_of_ours_not_wanted_here_goes() -> None:
    gone = replace(RIGHT, dashboards={"karte-overview": RIGHT.dashboards["karte-overview"]})
    assert plan(WANTED, gone, NOTED, KEEP) == [SaveDashboard("karte-device", "機器", None)]
    extra = at_a_glance(RIGHT, listed=(*RIGHT.glance.listed, Listed("karte-fleet", "全契約")))
    assert plan(WANTED, extra, NOTED, KEEP) == [RemoveDashboard("karte-fleet", "全契約")]
    assert not looks_right(WANTED, extra.glance, KEEP)


def test_dashboards_and_folders_of_others_are_left_alone() -> None:
    more = (*RIGHT.glance.listed, Listed("abc", "手作り"), Listed("def", "手作り", is_folder=True))
    assert plan(WANTED, at_a_glance(RIGHT, listed=more), NOTED, KEEP) == []
    assert looks_right(WANTED, at_a_glance(RIGHT, listed=more).glance, KEEP)


@pytest.mark.parametrize(
    ("changes", "noted", "words"),
    [
        ({"url": "http://elsewhere"}, NOTED, "changed: url"),
        ({"jsonData": {}, "isDefault": False}, NOTED, "changed: isDefault, jsonData"),
        ({"version": 4}, NOTED, "saved by hand"),
        ({}, replace(NOTED, has_token=False), "its token is good no more"),
    ],
)
def test_a_data_source_that_was_changed_gets_its_settings_and_a_new_token(
    changes: dict[str, Any], noted: Noted, words: str
) -> None:
    assert RIGHT.source is not None
    (action,) = plan(WANTED, replace(RIGHT, source={**RIGHT.source, **changes}), noted, KEEP)
    assert isinstance(action, PutSource)
    assert not action.is_new
    assert words in action.told.en


def test_a_foreign_data_source_goes_first_as_it_may_have_our_names() -> None:
    actions = plan(WANTED, replace(RIGHT, source=None, others={"x": "karte"}), NOTED, KEEP)
    assert [type(action) for action in actions] == [RemoveSource, PutSource]


def test_the_staffs_organisation_keeps_its_name_its_data_sources_and_grafanas_administrators() -> None:
    staff = organisation(contract=STAFF)
    found = as_wanted(staff, others={"x": "Prometheus"})
    found = at_a_glance(found, name="Main Org.", members={**found.glance.members, "root": Member(9, "Editor")})
    assert staff.members == {"u-taro": "Admin"}
    assert plan(staff, found, NOTED, Keep(US, ["root"])) == []
    assert plan(staff, found, NOTED, KEEP) == [RemoveMember("root", 9)]


def test_the_rest_is_put_right_too() -> None:
    assert plan(WANTED, at_a_glance(RIGHT, name="x"), NOTED, KEEP) == [RenameOrg("x", WANTED.name or "")]
    assert plan(WANTED, replace(RIGHT, folder=None), NOTED, KEEP) == [PutFolder("オフィスカルテ", True)]
    assert plan(WANTED, replace(RIGHT, folder="x"), NOTED, KEEP) == [PutFolder("オフィスカルテ", False)]
    preferences = {**WANTED.preferences, "timezone": "utc", "theme": "light"}
    assert plan(WANTED, replace(RIGHT, preferences=preferences), NOTED, KEEP) == [SetPreferences(["timezone"])]


def test_members_who_must_not_be_there_go_first_and_those_who_must_come_last() -> None:
    members = {US: Member(1, "Editor"), "hanako": Member(7, "Admin")}
    found = replace(at_a_glance(RIGHT, members=members), folder=None)
    assert plan(WANTED, found, NOTED, KEEP) == [
        RemoveMember("hanako", 7),
        PutFolder("オフィスカルテ", True),
        SetRole(US, 1, "Admin"),
        AddMember("u-taro", "Viewer"),
    ]
    assert not looks_right(WANTED, found.glance, KEEP)


def test_a_viewer_who_became_an_admin_is_a_viewer_again() -> None:
    members = {**RIGHT.glance.members, "u-taro": Member(2, "Admin")}
    assert plan(WANTED, at_a_glance(RIGHT, members=members), NOTED, KEEP) == [SetRole("u-taro", 2, "Viewer")]


def test_a_suspended_contract_keeps_all_but_its_members() -> None:
    shut = organisation(people=(replace(TARO, may_enter=False),))
    assert plan(shut, RIGHT, NOTED, KEEP) == [RemoveMember("u-taro", 2)]


@pytest.mark.parametrize(
    "listed",
    [
        [Listed("karte", "x", is_folder=True)],
        [Listed("karte-device", "renamed", "karte")],
        [Listed("karte-device", "機器")],
    ],
)
def test_a_glance_sees_what_was_renamed_or_moved(listed: list[Listed]) -> None:
    uids = {each.uid for each in listed}
    others = [each for each in RIGHT.glance.listed if each.uid not in uids]
    assert not looks_right(WANTED, replace(RIGHT.glance, listed=[*others, *listed]), KEEP)
    assert not looks_right(WANTED, replace(RIGHT.glance, listed=others), KEEP)


def test_what_is_put_right_is_right() -> None:
    assert plan(WANTED, as_wanted(WANTED), NOTED, KEEP) == []


def test_accounts_follow_who_may_sign_in() -> None:
    accounts = {
        "u-taro": Account(2, "u-taro", "太郎"),
        "u-out": Account(3, "u-out", "out"),
        "u-in": Account(4, "u-in", "in", is_disabled=True),
        "u-gone": Account(5, "u-gone", "gone"),
        "hand": Account(6, "hand", "made by hand", is_disabled=True),
    }
    out, back = Person("u-out", "out", may_enter=False), Person("u-in", "in", may_enter=True)
    gone, new = Person("u-gone", "gone", may_enter=False, is_gone=True), Person("u-new", "new", may_enter=True)
    assert plan_accounts([TARO, out, back, gone, new], accounts) == [
        RenameAccount(accounts["u-taro"], TARO),
        EnableAccount(accounts["u-out"], False),
        EnableAccount(accounts["u-in"], True),
        RemoveAccount(accounts["u-gone"]),
    ]


def test_an_account_that_was_entered_from_the_portal_is_left_to_what_the_portal_signs() -> None:
    accounts = {
        "u-taro": Account(2, "u-taro", "太郎", is_external=True),
        "u-out": Account(3, "u-out", "out", is_external=True),
        "u-in": Account(4, "u-in", "in", is_disabled=True, is_external=True),
        "u-gone": Account(5, "u-gone", "gone", is_external=True),
    }
    out, back = Person("u-out", "out", may_enter=False), Person("u-in", "in", may_enter=True)
    gone = Person("u-gone", "gone", may_enter=False, is_gone=True)
    assert plan_accounts([TARO, out, back, gone], accounts) == [
        RemoveAccount(accounts["u-in"]),
        RemoveAccount(accounts["u-gone"]),
    ]


def test_every_action_is_told_in_both_languages() -> None:
    everything = [
        *plan_new(WANTED),
        RenameOrg("a", "b"),
        RemoveSource("x", "y"),
        RemoveDashboard("x", "y"),
        SetRole("u", 1, "Editor"),
        RemoveMember("u", 1),
        EnableAccount(Account(1, "u", "n"), True),
        EnableAccount(Account(1, "u", "n"), False),
        RenameAccount(Account(1, "u", "n"), TARO),
        RemoveAccount(Account(1, "u", "n")),
    ]
    for action in everything:
        assert action.told.ja
        assert action.told.en


def test_the_subject_is_told_shortly() -> None:
    assert subject(name="x" * 200).shown == f"{'x' * 39}… (c-7k2m9x4tqa)"
