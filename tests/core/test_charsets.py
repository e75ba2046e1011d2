"""Bytes whose charset is told, told wrongly, or not told."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.charsets import decode, of_document, of_header

RUSSIAN = "Под городом дважды видели волков. «Её ёлка» — №5; в «Яндексе» и МВД России не знают о ней."
UKRAINIAN = "Українська влада повідомила, що їхній ґанок у Києві не є новим; п’ять осіб чекали."
FRENCH = "À Paris, l’évêque a été reçu hier : « ça, c’est l’été à Noël », où naïf cœur œuvre."
POLISH = "Zażółć gęślą jaźń, powiedział Łukasz w Łodzi. Święta się skończyły."
TURKISH = "İstanbul'da güneş ışığı çok güçlüydü, şehir şimdi ağlıyor."
GREEK = "Η Αθήνα είναι η πρωτεύουσα της Ελλάδας και έχει πολλούς κατοίκους."
GERMAN = "Über die Straße läuft ein größerer Bär, hörte man später „früher“."
CHINESE = "中国外交部发言人周一表示，会谈将继续。"
JAPANESE = "東京都は月曜日に発表した。首相は会見した。"
KOREAN = "서울시는 월요일에 발표했다"

WRITTEN = [
    (RUSSIAN, "windows-1251"),
    (RUSSIAN.replace("—", "-").replace("«", '"').replace("»", '"').replace("№", "N"), "koi8-r"),
    (RUSSIAN.replace("—", "-").replace("«", '"').replace("»", '"'), "iso-8859-5"),
    (UKRAINIAN, "windows-1251"),
    (FRENCH.replace("œ", "oe").replace("’", "'"), "iso-8859-1"),
    (FRENCH, "windows-1252"),
    (FRENCH, "macintosh"),
    (POLISH, "windows-1250"),
    (POLISH, "iso-8859-2"),
    (TURKISH, "iso-8859-9"),
    (GREEK, "windows-1253"),
    (GERMAN, "windows-1252"),
    (CHINESE, "gb2312"),
    (CHINESE, "gbk"),
    (JAPANESE, "shift_jis"),
    (JAPANESE, "euc-jp"),
    (JAPANESE, "iso-2022-jp"),
    (KOREAN, "euc-kr"),
    *((text, "utf-8") for text in (RUSSIAN, FRENCH, POLISH, GREEK, CHINESE)),
]


def python_name(charset: str) -> str:
    return {"macintosh": "mac-roman"}.get(charset, charset)


@pytest.mark.parametrize(("text", "charset"), WRITTEN)
def test_one_right_declaration_is_enough(text: str, charset: str) -> None:
    body = text.encode(python_name(charset))
    wrong = "iso-8859-1" if charset == "utf-8" else "utf-8"
    assert decode(body, charset, charset) == text
    assert decode(body, charset, None) == text
    assert decode(body, None, charset) == text
    assert decode(body, charset, wrong) == text
    assert decode(body, wrong, charset) == text


@pytest.mark.parametrize(
    ("text", "charset", "lie"),
    [
        (RUSSIAN, "windows-1251", "iso-8859-1"),
        (RUSSIAN, "windows-1251", "koi8-r"),
        (RUSSIAN.encode("koi8-r", "ignore").decode("koi8-r"), "koi8-r", "windows-1251"),
        (UKRAINIAN, "windows-1251", "windows-1252"),
        (FRENCH, "windows-1252", "windows-1251"),
        (POLISH, "iso-8859-2", "windows-1251"),
        (JAPANESE, "euc-jp", "iso-8859-1"),
        (RUSSIAN, "windows-1251", "gb2312"),
    ],
)
def test_words_that_come_out_wrong_betray_a_lie(text: str, charset: str, lie: str) -> None:
    assert decode(text.encode(charset), lie) == text


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        (RUSSIAN, "windows-1251"),
        (UKRAINIAN, "koi8-u"),
        (GERMAN, "windows-1252"),
        (POLISH, "windows-1250"),
        (KOREAN, "euc-kr"),
    ],
)
def test_nothing_is_declared(text: str, charset: str) -> None:
    body = text.encode(charset, "ignore")
    assert decode(body) == body.decode(charset)


@pytest.mark.parametrize(
    ("mark", "charset"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_decides(mark: bytes, charset: str) -> None:
    assert decode(mark + RUSSIAN.encode(charset), "iso-8859-1", "windows-1251") == RUSSIAN


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(charset: str) -> None:
    text = f"<html><title>{FRENCH}</title>"
    assert decode(text.encode(charset), "utf-16", "utf-8") == text


def test_utf_8_with_broken_places_stays_utf_8() -> None:
    body = RUSSIAN.encode()[:-20].replace("й".encode(), b"\xd0", 1) + b"\xd0"
    assert decode(body, None, "utf-8").startswith("Под городом дважды")
    assert decode(RUSSIAN.encode() * 4 + b"\xd0") == RUSSIAN * 4 + "\ufffd"


@pytest.mark.parametrize(
    "label", ["zlib", "unicode_escape", "rot13", "idna", "utf-7", "utf-16", "\x00", "", "cp99999", "no such"]
)
def test_a_name_that_is_no_charset_of_the_web_counts_for_nothing(label: str) -> None:
    assert decode(b"plain + ASCII \\u0041", label, label) == "plain + ASCII \\u0041"
    assert decode(RUSSIAN.encode("cp1251"), label, "win-1251") == RUSSIAN


def test_a_text_of_control_characters_is_still_decoded() -> None:
    assert decode(b"\x81\x8d\x8f\x90\x9d" * 20) != ""
    assert decode(b"") == ""


@pytest.mark.parametrize(
    ("content_type", "found"),
    [
        ("text/html; charset=UTF-8", "UTF-8"),
        ('application/rss+xml;charset="windows-1251"', "windows-1251"),
        ("text/html; Charset = 'koi8-r'", "koi8-r"),
        ("text/html", None),
        ("text/html; charset=", None),
        (None, None),
    ],
)
def test_what_the_header_declares(content_type: str | None, found: str | None) -> None:
    assert of_header(content_type) == found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'<?xml version="1.0" encoding="windows-1251"?><rss/>', "windows-1251"),
        (b"\n <?xml version='1.0' encoding = 'KOI8-R' standalone='yes'?>", "KOI8-R"),
        (b'<html><head><meta charset="utf-8">', "utf-8"),
        (b"<META HTTP-EQUIV=Content-Type CONTENT='text/html; charset=iso-8859-2'>", "iso-8859-2"),
        (b'<?xml version="1.0"?><rss/>', None),
        (b"<html>" + b" " * 5000 + b'<meta charset="utf-8">', None),
        (b"", None),
    ],
)
def test_what_the_document_declares(body: bytes, found: str | None) -> None:
    assert of_document(body) == found


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "windows-1251", "shift_jis", "hz", "nonsense"]))
def test_never_fails(body: bytes, declared: str | None) -> None:
    assert isinstance(decode(body, declared, of_document(body)), str)


@given(st.text(max_size=200))
def test_utf_8_comes_back(text: str) -> None:
    assert decode(codecs.BOM_UTF8 + text.encode("utf-8", "replace")) == text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252"])
def test_one_accent_in_a_page_is_no_reason_to_doubt_its_declaration(charset: str) -> None:
    text = "<title>Retour des loups à Morost</title>"
    assert decode(text.encode(charset), charset, None) == text
    assert decode(text.encode(charset), "utf-8", charset) == text
