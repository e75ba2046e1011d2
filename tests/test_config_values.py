"""Words, cron expressions and places of keys, each by its own rules; and sources as TOML."""

import tomllib
from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path
from typing import Any

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import append, as_toml, from_outlines, language, parse, term
from monitor.config.cron import cron
from monitor.config.lines import Key, lines
from monitor.config.values import sender
from monitor.core.opml import Outline
from monitor.core.settings import FullText, Mark, Source, SourceKind, Term

# Words. What is refused stands in data/config/watchlists/bad-word-*.toml.


@pytest.mark.parametrize(
    ("text", "mark", "words"),
    [
        ("wolf", Mark.WORD, ("wolf",)),
        ("  grey   wolf ", Mark.WORD, ("grey", "wolf")),
        ("Urus-Martan", Mark.WORD, ("Urus-Martan",)),
        ("Соьлжа-ГӀала*", Mark.PREFIX, ("Соьлжа-ГӀала",)),
        ("l'asile", Mark.WORD, ("l'asile",)),
        ("HIV/AIDS", Mark.WORD, ("HIV/AIDS",)),
        ("R&D", Mark.WORD, ("R&D",)),
        ("@Kadyrov", Mark.NAME, ("Kadyrov",)),
        ("@Ramzan Kadyrov", Mark.NAME, ("Ramzan", "Kadyrov")),
        ("asy*", Mark.PREFIX, ("asy",)),
        ("=Wolf", Mark.FORM, ("Wolf",)),
        ("^LGBTQ+", Mark.CASE, ("LGBTQ+",)),
        ("^NOT WOLF", Mark.CASE, ("NOT", "WOLF")),
        ("=AND one", Mark.FORM, ("AND", "one")),
        ("OR", Mark.WORD, ("OR",)),
        ("112", Mark.WORD, ("112",)),
        ("ولي‌عهد", Mark.WORD, ("ولي‌عهد",)),
    ],
)
def test_a_word(text: str, mark: Mark, words: tuple[str, ...]) -> None:
    found = term(text, "en", 2.0)
    assert (found.mark, found.words, found.language, found.weight) == (mark, words, "en", 2.0)
    assert found.text == " ".join(text.split())


@given(st.text(max_size=30))
def test_any_text_is_a_word_or_refused_in_words(text: str) -> None:
    try:
        found: object = term(text)
    except ValueError as error:
        found = str(error)
    if isinstance(found, Term):
        assert found.words
        assert all(found.words)
        assert term(found.text) == found
    else:
        assert str(found).startswith(("is ", "has "))


def test_a_language_is_known_or_refused() -> None:
    assert language("ce") == "ce"
    with pytest.raises(ValueError, match="'Ru' is not the code of a language: write 'ru'"):
        language("Ru")


# Mail

_TEXT = st.text("aA1.é\"',;:()[]\\/=?%-# ", max_size=12)


@given(_TEXT | _TEXT.map(lambda text: f'"{text}" '), st.just("a.b@c.example"))
def test_a_sender_that_is_accepted_is_one_address_to_the_mail_library(name: str, address: str) -> None:
    text = f"{name}<{address}>"
    try:
        sender(text)
    except ValueError:
        return
    assert [a.addr_spec for a in policy.default.header_factory("From", text).addresses] == [address]


# Cron


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0 8 * * mon-fri", "0 8 * * mon-fri"),
        ("0 8 * * 1-5", "0 8 * * mon-fri"),
        ("0 8 * * MON,WED", "0 8 * * mon,wed"),
        ("0 8 * * 0", "0 8 * * sun"),
        ("0 8 * * 7", "0 8 * * sun"),
        ("0 8 * * 0-7", "0 8 * * *"),
        ("0 8 * * sat-mon", "0 8 * * mon,sat,sun"),
        ("0 8 * * 5-7", "0 8 * * fri-sun"),
        ("0 8 * * sun-thu", "0 8 * * mon-thu,sun"),
        ("0 8 * * mon-fri/2", "0 8 * * mon,wed,fri"),
        ("*/15 7-19 * * *", "0,15,30,45 7-19 * * *"),
        ("00 08 01,15 * *", "0 8 1,15 * *"),
        ("5 0 31 jan-mar *", "5 0 31 1-3 *"),
        ("0 0 29 2 *", "0 0 29 2 *"),
        ("0 */6 * */3 *", "0 0,6,12,18 * 1,4,7,10 *"),
    ],
)
def test_a_cron_expression(text: str, said: str) -> None:
    assert cron(text) == said
    assert cron(said) == said


_PART = st.builds(
    lambda low, high, step: f"{low}-{high}/{step}", st.integers(1, 4), st.integers(4, 6), st.integers(1, 3)
) | st.sampled_from(["*", "2", "1,3,5", "*/2"])


@given(st.tuples(_PART, _PART, st.just("*"), _PART, _PART))
def test_cron_means_the_same_to_apscheduler(parts: tuple[str, ...]) -> None:
    said = cron(" ".join(parts))
    assert cron(said) == said
    at = CronTrigger.from_crontab(said, UTC).get_next_fire_time(None, datetime(2026, 11, 22, tzinfo=UTC))
    minutes, hours, _, months, weekdays = map(_values, parts)
    assert at.minute in minutes
    assert at.hour in hours
    assert at.month in months
    assert at.isoweekday() % 7 in {day % 7 for day in weekdays}


def _values(part: str) -> set[int]:
    """What a field stands for, in the simplest way."""
    if part == "*":
        return set(range(60))
    if part == "*/2":
        return set(range(0, 60, 2)) | set(range(1, 60, 2))  # even from 0 or odd from 1, by the field
    span, _, step = part.partition("/")
    low, _, high = span.partition("-")
    return set(range(int(low), int(high) + 1, int(step))) if high else set(map(int, part.split(",")))


# Places of keys


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("a = 1\n# b = 2\nb = 3\n", ("b",), 3),
        ("\n\n[a]\nb = 1\n", ("a",), 3),
        ("\n\n[a]\nb = 1\n", ("a", "b"), 4),
        ("[[a]]\n[[a]]\nb = 1\n", ("a", 1), 2),
        ("[[a]]\n[[a]]\nb = 1\n", ("a", 1, "b"), 3),
        ("[[a]]\n[a.b]\nc = 1\n[[a]]\n[a.b]\nc = 1\n", ("a", 1, "b", "c"), 6),
        ("[[a]]\n[[a.b]]\n[[a.b]]\nc = 1\n", ("a", 0, "b", 1, "c"), 4),
        ("[ a . 'b.c' . \"d\\u0065\" ]\nf = 1\n", ("a", "b.c", "de", "f"), 2),
        ("a.b.c = 1\na.b.d = 2\n", ("a", "b"), 1),
        ("a.b.c = 1\na.b.d = 2\n", ("a", "b", "d"), 2),
        ("a = [ # x ]\n  1,\n  '#]',\n\n  3,\n]\nb = 1", ("a", 2), 5),
        ("a = [ # x ]\n  1,\n  '#]',\n\n  3,\n]\nb = 1", ("b",), 7),
        ("a = [\n  [1],\n  [],\n  [2, 3]]\n", ("a", 2, 1), 4),
        ("a = { b = 1, c = { d = [\n1,\n2] } }\n", ("a", "c", "d", 1), 3),
        ("a = [\n  { b = 1 },\n  { b.c = 1 },\n]\n", ("a", 1, "b", "c"), 3),
        ('a = """\n[b]\n\\""" ""\n"""""\nc = 1\n', ("c",), 5),
        ("a = '''\n[b]\n''\\''''\nc = 1\n", ("c",), 4),
        ('a = "\\"[b]\\\\"\r\nb = 2026-11-22 08:00:00 # x\r\nc = 1\r\n', ("c",), 3),
        ("a = {}\nb = 1", ("b",), 2),
    ],
)
def test_the_line_of_a_key(text: str, key: Key, line: int) -> None:
    assert lines(text)[key] == line


_NAME = st.text("ab.\"' \\é]#", min_size=1, max_size=4)
_VALUE = st.recursive(
    st.integers() | st.booleans() | st.text("a\"'#[]{}=,\n\\", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAME, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(_NAME, _VALUE, max_size=4), st.sampled_from(["", "\n", " # ]}\n\n"]))
def test_every_key_is_found(document: dict[str, Any], gap: str) -> None:
    """Written so that each key and each item of an array stands on the line that is expected."""
    text = "".join(f"{_toml(name)} = {_toml(value, gap)}\n" for name, value in document.items())
    assert tomllib.loads(text) == document
    assert set(lines(text)) == {(), *_keys(document, ())}


def _toml(value: Any, gap: str = "") -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + "".join(f"{gap}{_toml(item, gap)}{gap}," for item in value) + gap + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml(name)} = {_toml(item, gap)}" for name, item in value.items()) + "}"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return str(value)


def _keys(value: Any, key: Key) -> set[Key]:
    inner = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    return {found for part, item in inner for found in ({(*key, part)} | _keys(item, (*key, part)))}


# Sources as TOML

SOURCES = (
    Source(name='One "1" \\ é \x7f', url="https://one.example.org/feed?a=1&b='2'"),
    Source(
        name="Two",
        url="https://two.example.org/",
        kind=SourceKind.SITE,
        language="ru",
        tags=("north", "south"),
        full_text=FullText.FEED,
        links='a[href^="/news"]',
        interval=timedelta(hours=36),
        min_interval=timedelta(seconds=90),
        first_run_max_age=timedelta(),
        flood_limit=7,
    ),
)


def sources(text: str) -> tuple[Source, ...]:
    texts = {"monitor.toml": "", "feeds.toml": text, "watchlists.toml": ""}
    return parse(texts, {}, Path("/etc/monitor"), Path.read_bytes).sources


@pytest.mark.parametrize("before", ["", "# mine", '[[feeds]]\nname = "Zero"\nurl = "https://zero.example.org/"\n'])
def test_sources_are_appended_to_a_file(before: str) -> None:
    text = append(before, SOURCES[1:])
    assert text.startswith(before)
    assert sources(text)[-1] == SOURCES[1]


def test_sources_are_written_without_what_is_the_default() -> None:
    assert as_toml(SOURCES) == (
        '\n[[feeds]]\nname = "One \\"1\\" \\\\ é \\u007f"\nurl = "https://one.example.org/feed?a=1&b=\'2\'"\n'
        '\n[[sites]]\nname = "Two"\nurl = "https://two.example.org/"\nlanguage = "ru"\ntags = ["north", "south"]\n'
        'full_text = "feed"\nlinks = "a[href^=\\"/news\\"]"\ninterval = "36h"\nmin_interval = "90s"\n'
        'first_run_max_age = "0d"\nflood_limit = 7\n'
    )
    assert tomllib.loads(as_toml(SOURCES))["feeds"][0]["name"] == SOURCES[0].name


def test_outlines_become_sources() -> None:
    outlines = [
        Outline(title="Gazette", url="https://gazette.example.org/feed"),
        Outline(title="GAZETTE", url="https://two.example.org/feed", language="en-gb", categories=("north", "")),
        Outline(title="gazette", url="https://three.example.org/feed", language="xx", categories=("a" * 200,)),
        Outline(title="gazette", url="https://three.example.org/feed"),
        Outline(title="", url="https://four.example.org/feed"),
        Outline(title="Five", url="https://me:pass@five.example.org/feed"),
        Outline(title="x" * 300, url="https://six.example.org/feed"),
    ]
    known = Source(name="Gazette", url="https://gazette.example.org/feed")
    made, problems = from_outlines(outlines, [known])
    assert [(s.name, s.url, s.language, s.tags) for s in made] == [
        ("GAZETTE 2", "https://two.example.org/feed", "en", ("north",)),
        ("gazette 3", "https://three.example.org/feed", None, ("a" * 100,)),
        ("https://four.example.org/feed", "https://four.example.org/feed", None, ()),
        ("x" * 90, "https://six.example.org/feed", None, ()),
    ]
    assert problems == (
        "Five: its address holds a user name or password, which never stand in an address: write https://example.org/…",
    )
    assert sources(append("", made)) == made
