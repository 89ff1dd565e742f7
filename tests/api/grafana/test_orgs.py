import pytest

from api.grafana.orgs import marked, org_name, org_of

ODD = [
    "山田商事株式会社",
    'O\'Brien "Söhne" & <b>Co</b>',
    "😀👨‍👩‍👧‍👦" * 14,
    "x" * 200,
    "[c-0000000000]",
    "Main Org.",
    "عربي",
]


@pytest.mark.parametrize("customer", ODD)
def test_a_name_fits_and_tells_whose_it_is(customer: str) -> None:
    name = org_name(customer, "c-7k2m9x4tqa")
    assert len(name) <= 150
    assert marked(name) == "c-7k2m9x4tqa"
    assert name == name.strip()


def test_customers_of_one_name_have_two() -> None:
    assert org_name("x" * 200, "c-1") != org_name("x" * 200, "c-2")


def test_an_organisation_that_could_not_be_noted_is_known_by_its_name() -> None:
    assert org_of("c-2", None, {1: "Main Org.", 5: "山田 [c-1]", 6: "鈴木 [c-2]"}) == 6


def test_one_that_was_renamed_by_hand_is_still_the_contracts() -> None:
    assert org_of("c-1", 5, {1: "Main Org.", 5: "something else"}) == 5


def test_one_whose_number_is_another_contracts_now_is_not() -> None:
    orgs = {1: "Main Org.", 5: "鈴木 [c-2]"}
    assert org_of("c-1", 5, orgs) is None
    assert org_of("c-2", 7, orgs) == 5


def test_one_that_is_gone_has_to_be_made() -> None:
    assert org_of("c-1", 5, {1: "Main Org."}) is None
