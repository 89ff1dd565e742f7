"""SHOW shows one contract, whatever its condition asks for."""

import pytest

from tests.api.gateway.query.reading import Reading


def test_it_shows_what_the_contract_has(reading: Reading) -> None:
    assert reading.column("SHOW MEASUREMENTS") == ["disk", "mem"]
    assert reading.column("SHOW MEASUREMENTS", "token-b") == ["disk", "mem", "printer"]
    assert reading.column("SHOW TAG KEYS FROM mem") == ["device", "host", "site"]
    assert reading.column("SHOW TAG VALUES FROM mem WITH KEY = host") == ["pc1-c-a", "pc2-c-a"]
    assert reading.column("SHOW SERIES FROM mem") == [
        "mem,device=d-c-a1,host=pc1-c-a,site=s-c-a",
        "mem,device=d-c-a2,host=pc2-c-a,site=s-c-a",
    ]


def test_it_shows_staff_all_contracts(reading: Reading) -> None:
    assert reading.column("SHOW TAG VALUES FROM mem WITH KEY = contract", "token-staff") == ["c-a", "c-b"]
    assert "contract" in reading.column("SHOW TAG KEYS FROM mem", "token-staff")
    assert "contract=c-b" in reading.column("SHOW SERIES FROM printer", "token-staff")[0]


@pytest.mark.parametrize(
    "query",
    [
        "SHOW MEASUREMENTS WHERE {}",
        "SHOW TAG KEYS WHERE {}",
        "SHOW TAG VALUES WITH KEY = device WHERE {}",
        "SHOW SERIES WHERE {}",
        "SHOW MEASUREMENT CARDINALITY WHERE {}",
        "SHOW SERIES EXACT CARDINALITY WHERE {}",
        "SHOW TAG KEY CARDINALITY WHERE {}",
        "SHOW TAG VALUES CARDINALITY WITH KEY = device WHERE {}",
    ],
)
@pytest.mark.parametrize(
    "guess",
    [
        "host = '{}'",
        "host =~ /^{}$/",
        "(host = '{}' OR host = 'nothing')",
        "host = '{}' OR host = 'nothing' AND site != ''",
        "host != 'pc1-c-a' AND host != 'pc2-c-a' AND host =~ /{}/",
    ],
)
def test_it_tells_nothing_of_names_that_another_contract_has(reading: Reading, query: str, guess: str) -> None:
    others = reading.results(query.format(guess.format("pc1-c-b")))
    nobodys = reading.results(query.format(guess.format("pc9-c-z")))
    assert others == nobodys
    own = reading.results(query.format(guess.format("pc1-c-a")))
    assert own != nobodys or "!=" in guess


@pytest.mark.parametrize(
    ("clause", "keys"),
    [
        ("=~ /.*/", {"device", "host", "site", "path"}),
        ('!= "host"', {"device", "site", "path"}),
        ("!~ /^(device|site)$/", {"host", "path"}),
        ('IN ("host", "contract", "nothing")', {"host"}),
        ("=~ /contract/", set()),
        ('= "contract"', set()),
    ],
)
def test_it_never_shows_values_of_the_tag_that_keeps_contracts_apart(
    reading: Reading, clause: str, keys: set[str]
) -> None:
    found = reading.series(f"SHOW TAG VALUES WITH KEY {clause}")
    assert {row[0] for series in found for row in series["values"]} == keys


def test_it_limits_what_is_left(reading: Reading) -> None:
    assert reading.column("SHOW TAG KEYS FROM mem LIMIT 1") == ["device"]
    assert reading.column("SHOW TAG KEYS FROM mem LIMIT 1 OFFSET 1") == ["host"]
    assert reading.column("SHOW TAG KEYS FROM mem OFFSET 9") == []
    assert [series["name"] for series in reading.series("SHOW TAG KEYS SLIMIT 1 SOFFSET 1")] == ["mem"]
    assert reading.column("SHOW MEASUREMENTS LIMIT 1") == ["disk"]
    assert reading.column("SHOW SERIES LIMIT 1 OFFSET 3") == ["mem,device=d-c-a2,host=pc2-c-a,site=s-c-a"]
    assert reading.column("SHOW TAG VALUES FROM mem WITH KEY = host LIMIT 1 OFFSET 1") == ["pc2-c-a"]


def test_it_shows_the_catalogues_fields_of_what_the_contract_has(reading: Reading) -> None:
    found = reading.series("SHOW FIELD KEYS")
    assert [series["name"] for series in found] == ["disk", "mem"]
    assert ["used_percent", "float"] in found[0]["values"]
    assert ["total", "integer"] in found[1]["values"]
    assert [series["name"] for series in reading.series("SHOW FIELD KEYS FROM /^m/")] == ["mem"]
    assert reading.series("SHOW FIELD KEYS FROM printer") == []
    assert len(reading.column("SHOW FIELD KEYS FROM mem LIMIT 2")) == 2


def test_it_counts_what_the_contract_has(reading: Reading) -> None:
    assert reading.column("SHOW SERIES CARDINALITY") == [4]
    assert reading.column("SHOW SERIES EXACT CARDINALITY", "token-b") == [5]
    assert reading.column("SHOW MEASUREMENT CARDINALITY") == [2]
    assert reading.column("SHOW TAG VALUES CARDINALITY WITH KEY = host") == [2, 2]
    assert reading.column("SHOW TAG KEY CARDINALITY FROM disk") == [4]


def test_it_shows_the_databases_and_policies_that_everybody_has(reading: Reading) -> None:
    assert reading.column("SHOW DATABASES", db="") == ["karte", "karte_1h"]
    (policies,) = reading.series("SHOW RETENTION POLICIES ON karte", db="")
    assert policies["values"] == [["autogen", "840h0m0s", "24h0m0s", 1, True]]
    assert reading.error("SHOW RETENTION POLICIES ON _internal") == (400, "database not found: _internal")


def test_it_keeps_the_meaning_of_time_in_a_condition(reading: Reading) -> None:
    assert reading.column("SHOW TAG KEYS FROM mem WHERE time > 0") == ["device", "host", "site"]
    assert reading.column("SHOW MEASUREMENTS WHERE time > 0") == ["disk", "mem"]
