import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.probe.octets import bits_of, mac_of, number_of, readable, text_of
from collectors.probe.snmp import Counter32, ObjectIdentifier

TONER = "ブラックトナー"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-be", "utf-16-le"])
def test_it_reads_japanese_without_being_told_the_encoding(codec: str) -> None:
    assert readable(TONER.encode(codec)) == TONER


@pytest.mark.parametrize(
    ("data", "charset", "expected"),
    [
        (TONER.encode("euc_jp"), "euc_jp", TONER),
        (TONER.encode("iso2022_jp"), "iso2022_jp", TONER),
        ("Cartouche à toner".encode("latin-1"), "iso8859-1", "Cartouche à toner"),
        # Says Latin-1, sends Shift_JIS.
        ("トナー".encode("cp932"), "iso8859-1", "トナー"),
        (b"Toner".join([b"", b"\0\0\0"]), "", "Toner"),
        ("Toner K".encode("utf-16-le"), "", "Toner K"),
        (b" Black\r\n\tToner\x1b ", "", "Black Toner"),
        (b"E3 83 88 E3 83 8A E3 83 BC", "", "トナー"),
        (b"0xE38388E3838AE383BC", "", "トナー"),
        (b"CF400X", "", "CF400X"),
        (b"ABCDEF123456", "", "ABCDEF123456"),
        (b"100000\0\0", "", "100000"),
        # Cut by the device within a character.
        ("ブラックトナーカートリッジ".encode()[:-1], "", "ブラックトナーカートリッ"),
        (b"", "", ""),
    ],
)
def test_it_makes_device_text_readable(data: bytes, charset: str, expected: str) -> None:
    assert readable(data, charset) == expected


@given(st.binary(max_size=80), st.sampled_from(["", "utf-8", "cp932", "iso8859-1", "utf-16", "hp_roman8"]))
def test_it_never_raises_and_leaves_no_control_character(data: bytes, charset: str) -> None:
    text = readable(data, charset)
    assert not any(unicodedata.category(each) in ("Cc", "Zl", "Zp") for each in text)
    assert text == text.strip()


@given(st.text(st.characters(whitelist_categories=["Lo"], max_codepoint=0x9FFF, min_codepoint=0x3040), min_size=3))
def test_it_keeps_every_utf8_text(text: str) -> None:
    assert readable(text.encode()) == text


def test_it_takes_values_of_another_type_for_absent() -> None:
    assert text_of(7) == ""
    assert text_of(None) == ""
    assert number_of(b"7") is None
    assert number_of(ObjectIdentifier((1, 3))) is None
    assert number_of(Counter32(7)) == 7
    assert bits_of(3, ["a"]) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (bytes.fromhex("0026731122aa"), "00:26:73:11:22:aa"),
        (bytes(6), ""),
        (b"\xff" * 6, ""),
        (b"", ""),
        (b"12345", ""),
        (None, ""),
    ],
)
def test_it_reads_hardware_addresses(value: bytes | None, expected: str) -> None:
    assert mac_of(value) == expected


def test_it_reads_bits_from_the_highest_of_the_first_octet() -> None:
    names = [f"bit{number}" for number in range(10)]
    assert bits_of(b"\x81\x40", names) == ["bit0", "bit7", "bit9"]
    assert bits_of(b"", names) == []
    assert bits_of(b"\x00\x3f", names) == []


@pytest.mark.parametrize(
    "text", ["ブラックトナー", "Tray 1 トナーカートリッジ (ブラック)", "廃トナーボックス", "ドラムユニット"]
)
@pytest.mark.parametrize("codec", ["euc_jp", "cp932", "utf-8"])
def test_it_tells_euc_from_shift_jis_by_its_kana(text: str, codec: str) -> None:
    assert readable(text.encode(codec)) == text


@pytest.mark.parametrize("text", ["ｸﾛﾄﾅｰ", "ﾌﾞﾗｯｸ･ﾄﾅｰ", "ﾄﾚｲ1､ﾄﾚｲ2"])
def test_it_keeps_half_width_kana(text: str) -> None:
    assert readable(text.encode("cp932")) == text
