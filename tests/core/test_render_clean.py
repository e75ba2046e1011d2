"""Strangers' text made fit to be shown."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.render.clean import address, around, host, inert, marked, shorten, sound, visible

BIDI = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("  a \n\t b ", "a b"),
        ("a\r\nBcc: b", "a Bcc: b"),
        ("a\u2028b\u2029c\x85d\x1be\x9bf\x00g", "a b c d e f g"),
        ("pay\u202efdp.exe", "payfdp.exe"),
        ("\u2066a\u2069\u200fb\u061c\ufeff", "ab"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # the joiners that Persian and emoji need stay
        ("👩\u200d⚕️ क्\u200dष", "👩\u200d⚕️ क्\u200dष"),
        ("\u202bשלום עולם\u202c", "שלום עולם"),  # what is written to the left needs no marks to be read
        ("مرحبا\u200f (news)\u200e", "مرحبا (news)"),
        ("a\u00adb\u034fc\u180ed\u200be\u2060f\u2063g\u2065h\ufffai", "abcdefghi"),
        ("see\U000e0041\U000e0042\U000e007f", "see"),
        ("\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\", "]8;;https://evil.example \\click ]8;; \\"),
        ("\x1b]0;title\x07\x1b[2J\x9b31m", "]0;title [2J 31m"),
        ("right\rwrong\b\b\b", "right wrong"),
        ("[bold red]x[/] [link=https://evil.example]y[/link]", "[bold red]x[/] [link=https://evil.example]y[/link]"),
        ("half \ud83d", "half \ufffd"),
    ],
)
def test_text_is_made_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters()))
def test_visible_text_is_one_line_that_can_be_encoded(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert len(shown.splitlines()) <= 1
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert not [c for c in shown if unicodedata.bidirectional(c) in BIDI]
    assert len(sound(text)) == len(text)


@given(st.text(st.characters()))
def test_json_that_a_terminal_obeys_in_nothing_says_the_same(text: str) -> None:
    shown = inert(json.dumps([text, {text: 1}], ensure_ascii=False))
    shown.encode()
    assert json.loads(shown) == [text, {text: 1}]
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert not [c for c in shown if unicodedata.bidirectional(c) in BIDI]


def test_json_is_left_alone_where_it_is_harmless() -> None:
    assert inert('["Grün می\u200cخواهم 👩\u200d⚕️"]') == '["Grün می\u200cخواهم 👩\u200d⚕️"]'
    assert inert('["\x9b\u202e\ud800\U000e0041\x7f"]') == r'["\u009b\u202e\ud800\udb40\udc41\u007f"]'


@pytest.mark.parametrize(
    ("text", "start", "end", "limit", "shown"),
    [
        ("short", 0, 5, 5, "short"),
        ("one two three", 0, 0, 9, "one two…"),
        ("onetwothree", 0, 0, 9, "onetwoth…"),
        ("one two three four five six seven", 14, 18, 16, "…four five…"),
        ("one two three four five six seven", 28, 33, 16, "…five six seven"),
        ("one two three four five six seven", 0, 3, 16, "one two three…"),
        ("aaaaaaaaaabbbbbbbbbbcccccccccc", 10, 20, 4, "…bbbbbbbbbb…"),  # what is to be held is never cut
        ("aaaaaaaaaabbbbbbbbbbcccccccccc", 10, 20, 18, "…aabbbbbbbbbbcccc…"),
        ("e\u0301" * 6, 0, 0, 8, "e\u0301e\u0301e\u0301…"),  # a letter keeps its accent
        ("e\u0301" * 9, 10, 11, 8, "…e\u0301e\u0301…"),
        ("e\u0301" * 6, 9, 10, 8, "…e\u0301e\u0301e\u0301"),
    ],
)
def test_a_part_is_shown_with_what_is_around_it(text: str, start: int, end: int, limit: int, shown: str) -> None:
    assert around(text, start, end, limit) == shown


@given(st.text("ab c\u0301д", max_size=80), st.integers(0, 80), st.integers(0, 20), st.integers(2, 60))
def test_a_window_holds_what_it_must_and_no_more_than_it_may(text: str, start: int, length: int, limit: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    shown = around(text, start, end, limit)
    assert text[start:end].strip() in shown
    assert len(shown) <= max(limit, end - start + 2)
    assert shown.strip("…").strip() in text


def test_shorten_keeps_the_beginning() -> None:
    assert shorten("Dredgers reach the old harbour", 20) == "Dredgers reach the…"


@pytest.mark.parametrize(
    ("url", "shown", "leads_to"),
    [
        ("https://coast.example.org/a?b=c&d=(e)", None, "coast.example.org"),
        ("http://Coast.Example.org:8080/", None, "coast.example.org"),
        ("https://порт.example/", None, "xn--n1abei.example"),  # the name as the name system has it
        ("https://аррӏе.com/", None, "xn--80ak6aa92e.com"),
        ("https://ｅｖｉｌ.example/", None, "evil.example"),
        ("https://bank.example%2eevil.example/", None, None),
        ("https://bank.example／evil.example/", None, None),
        ("https://bank\u200b.example/", "https://bank%E2%80%8B.example/", None),
        ("https://a..b/", None, None),
        ("http://[2001:db8::1]/", None, "2001:db8::1"),
        ("javascript:alert(1)", None, None),
        ("data:text/html,<b>", "data:text/html,%3Cb%3E", None),
        ("//coast.example.org/", None, None),
        ("https:///path", None, None),
        ("https://:80/", None, None),
        ("https://bank.example@evil.example/", None, None),
        ("https://bank.example\\@evil.example/", "https://bank.example%5C@evil.example/", None),
        ("https://[broken/", None, None),
        ('https://a.example/"><b>', "https://a.example/%22%3E%3Cb%3E", "a.example"),
        ("https://a.example/\u202efdp\r\nX: y\x1b", "https://a.example/%E2%80%AEfdp%0D%0AX:%20y%1B", "a.example"),
        ("https://a.example/\x9b\u2028\U000e0041", "https://a.example/%C2%9B%E2%80%A8%F3%A0%81%81", "a.example"),
        ("https://a.example/\ud800", "https://a.example/\ufffd", "a.example"),
        ("", None, None),
    ],
)
def test_an_address_shows_where_it_leads(url: str, shown: str | None, leads_to: str | None) -> None:
    assert address(url) == (url if shown is None else shown)
    assert host(url) == leads_to


@pytest.mark.parametrize(
    ("sentence", "surfaces", "pieces"),
    [
        ("A wolf.", ["wolf"], (("A ", False), ("wolf", True), (".", False))),
        ("Wolf and wolves", ["wolves", "Wolf"], (("Wolf", True), (" and ", False), ("wolves", True))),
        ("werewolf wolf", ["wolf"], (("werewolf ", False), ("wolf", True))),
        ("狼が出た", ["狼"], (("狼", True), ("が出た", False))),  # no spaces between words: wherever it is
        ("C++ (C+)", ["C+", "C++"], (("C++", True), (" (", False), ("C+", True), (")", False))),
        ("nothing", ["wolf"], (("nothing", False),)),
        ("nothing", ["", ""], (("nothing", False),)),
    ],
)
def test_hits_are_marked(sentence: str, surfaces: list[str], pieces: tuple[tuple[str, bool], ...]) -> None:
    assert marked(sentence, surfaces) == pieces
