"""A fuzzer for everything that reads what strangers, and users, write.

    make fuzz MINUTES=60 SEED=1        (cd tests && python -m support.fuzz --minutes 60 --seed 1)

Each input is a seed that was mutated: bytes and pieces changed, spliced, repeated, re-encoded; numbers, dates, tags and
entities put in. It is made from the number of the seed, the target and the input alone, so every finding can be made again.
A target must raise nothing but what it declares, end soon, and keep what it promises of its answer. Inputs are tried in
processes of their own, so that a crash of a C library or a hang is a finding, too. What is found is made smaller and kept in
tests/data/fuzz, where tests/test_fuzz.py tries it for ever.
"""

import argparse
import gzip
import hashlib
import itertools
import json
import mmap
import os
import random
import select
import signal
import sys
import time
import traceback
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from protego import Protego

from monitor import config
from monitor.config import FILES
from monitor.core import articles, dates, feeds, http, opml, text, urls, watch, websub
from monitor.core.errors import ConfigError, FetchError, ParseError, Problem
from monitor.core.feeds import markup
from monitor.core.model import Document, Feed, FeedFormat
from monitor.core.settings import Mark, SourceKind, Term, TermSet, Watchlist
from monitor.fetch import robots
from monitor.fetch.body import Body, coding
from monitor.sandbox import _read_answer  # what children answer is read by no public function
from monitor.sandbox.child import ANSWER, _plain

DATA = Path(__file__).parent.parent / "data"
FINDINGS = DATA / "fuzz"
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LONGEST = 10.0
"""Seconds that an input may take: 64 KB, on a machine that has other things to do."""
MAX_INPUT = 1 << 16
PAGE = "https://gazette.example/news/"


# What is fuzzed: each takes any bytes, raises nothing, and asserts what is promised


def parse(data: bytes) -> None:
    """A feed, sitemap or listing; its length chooses the kind of source and the header."""
    kind = (SourceKind.FEED, SourceKind.SITE)[len(data) % 2]
    header = ("text/xml", "text/html; charset=windows-1251", "application/json", "x; charset=\udcff")[
        len(data) // 2 % 4
    ]
    try:
        feed = feeds.read(data, url=PAGE, headers={"content-type": header}, kind=kind)
    except ParseError:
        return
    assert _through_the_pipe(feeds.read, feed) == feed
    for entry in feed.entries:
        assert entry.url is None or urls.is_fetchable(entry.url), entry.url
        assert _is_line(entry.title), entry.title
        assert all(map(_is_line, entry.tags))
        assert all(
            at is None or at.tzinfo is UTC or at.utcoffset() == timedelta() for at in (entry.published, entry.updated)
        )
        assert len(entry.summary) <= markup.MAX_TEXT
        assert len(entry.text or "") <= markup.MAX_TEXT
    again = feeds.read(data, url=PAGE, headers={"content-type": header}, kind=kind, known=feed.digests)
    assert not feed.digests or len(again.entries) <= len(feed.entries)


def extract(data: bytes) -> None:
    try:
        page = articles.read(data, url=PAGE + "1", headers={"content-type": "text/html"})
    except ParseError:
        return
    assert _through_the_pipe(articles.read, page) == page
    assert _is_line(page.title), page.title
    assert page.canonical is None or urls.site(page.canonical) == urls.site(PAGE)


def normalise(data: bytes) -> None:
    """Every part of the normal form leads back into the original, in order, and is normal itself."""
    raw = (
        data.decode("utf-8", "surrogatepass" if len(data) % 2 else "replace")
        if _is_text(data)
        else data.decode("latin-1")
    )
    found = text.normalise(raw)
    spans = [found.span(at, at + 1) for at in range(len(found.normal))]
    assert all(0 <= start < end <= len(raw) for start, end in spans)
    assert all(one[0] <= other[0] for one, other in itertools.pairwise(spans))
    if raw and found.normal:
        assert found.span(0, len(found.normal))[1] <= len(raw)
    if "&" not in found.normal:  # an entity of an entity is resolved once
        assert text.normalise(found.normal).normal == found.normal
        folded = text.unaccented(found.normal)
        assert text.unaccented(folded) == folded
    sentences = text.sentences(raw)
    assert all(sentence in raw for sentence in sentences)


_WATCH = watch.compile(
    (Watchlist(name="w", title="W", all=("w",)),),
    (TermSet(name="w", title="W", terms=(Term(text="wolf", mark=Mark.WORD, words=("wolf",), language="en"),)),),
    {("en", "wolf", Mark.WORD): frozenset({"wolf", "wolves", "волк"})},
)


def match(data: bytes) -> None:
    """Hits lie where they say that they are."""
    raw = data.decode("utf-8", "replace")
    document = Document(fields={"title": raw[:200], "text": raw[200:]}, language="en")
    for found in _WATCH.match(document):
        for hit in found.hits:
            assert document.fields[hit.field][hit.start : hit.end] == hit.surface
            assert hit.sentence


def configure(data: bytes) -> None:
    """Three files, divided by a line of its own; whatever is wrong is told with its place."""
    parts = data.decode("utf-8", "replace").split("\n#----\n")
    texts = dict(zip(FILES, [*parts, "", "", ""][: len(FILES)], strict=False))
    problems: Sequence[Problem] = ()
    try:
        config.parse(texts, {"HOOK": "https://h.example/"}, Path("/etc/monitor"), lambda path: b"hunter2")
    except ConfigError as error:
        problems = error.problems or (Problem(file="", line=0, path="", message=""),)
    for problem in problems:
        assert problem.message
        assert problem.file in FILES
        assert 0 <= problem.line <= texts[problem.file].count("\n") + 1


def read_opml(data: bytes) -> None:
    outlines, problems = opml.read(data)
    assert len({outline.url for outline in outlines}) == len(outlines)
    assert all(outline.url.lower().startswith(("http://", "https://")) for outline in outlines)
    assert all(map(_is_line, (*problems, *(outline.title for outline in outlines))))


def read_robots(data: bytes) -> None:
    kept = robots.relevant(data.decode("utf-8", "replace"))
    rules = robots.Rules(parsed=Protego.parse(kept), until=NOW)
    assert rules.allow(PAGE + "a" * 500) in (True, False)
    delay = rules.delay()
    assert delay is None or timedelta() <= delay <= robots.LONGEST_DELAY
    assert all(isinstance(each, str) for each in Protego.parse(kept).sitemaps)


def read_headers(data: bytes) -> None:
    value, _, other = data.decode("latin-1").partition("\n")
    until = http.retry_after(value, NOW)
    assert until is None or NOW <= until <= NOW + http.LONGEST
    names = ("cache-control", "expires", "age", "date")
    for headers in (
        dict.fromkeys(names, value),
        {"cache-control": value, "date": other},
        {"expires": value, "age": other},
    ):
        lasts = http.freshness(headers, NOW)
        assert lasts is None or timedelta() < lasts <= http.LONGEST
    hub, topic = websub.offered({"link": value}, PAGE, Feed(format=FeedFormat.RSS))
    assert not (topic and not hub)
    with suppress(FetchError):
        assert coding(value) in ("", "gzip", "deflate")


def read_date(data: bytes) -> None:
    at = dates.parse(data.decode("utf-8", "replace"))
    assert at is None or at.utcoffset() == timedelta()


def read_address(data: bytes) -> None:
    """Canonical addresses are canonical; what may be fetched stays so."""
    raw = data.decode("utf-8", "replace")
    one, _, other = raw.partition(" ")
    for address in (raw, urls.join(PAGE, raw), urls.join(one, other), urls.direct(raw), urls.cleaned(raw)):
        if address is None:
            continue
        canonical = urls.canonical(address)
        assert urls.canonical(canonical) == canonical, (address, canonical)
        assert urls.page_key(canonical) == urls.page_key(address)
        urls.host(address), urls.site(address)
    joined = urls.join(PAGE, raw)
    assert joined is None or urls.is_fetchable(joined), joined
    direct = urls.direct(joined) if joined else None
    assert direct is None or urls.is_fetchable(direct), direct


def select_links(data: bytes) -> None:
    """What the configuration takes for a selector works on pages."""
    selector = data.decode("utf-8", "replace")
    try:
        config.values.selector(selector)
    except ValueError:
        return
    html = (
        b"<html><main><a href=/a>A headline of some words</a><p class=x><a href=/b>Another such headline</a></p></main>"
    )
    with suppress(ParseError):
        feeds.read(html, url=PAGE, headers={}, kind=SourceKind.SITE, links=selector)


def unpack(data: bytes) -> None:
    """Never more than the limit, and whatever cannot be unpacked is said to be so."""
    limit = 100_000
    for packed_as in ("gzip", "deflate", ""):
        for cut in (False, True):
            body = Body(packed_as, limit, cut=cut)
            try:
                for at in range(0, len(data), 1 + len(data) // 7):
                    body.feed(data[at : at + 1 + len(data) // 7])
                assert len(body.finish()) <= limit
            except FetchError:
                pass


def _through_the_pipe(function: Callable[..., Any], answer: Any) -> Any:
    """The answer as the daemon gets it from a child."""
    line = json.dumps([answer], ensure_ascii=False, default=_plain).encode("utf-8", "replace")
    return _read_answer(function, ANSWER, line)


def _is_line(words: str) -> bool:
    return not any(ord(char) < 32 or char in "\x7f\u2028\u2029" for char in words)


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
        data.decode("utf-8", "replace")
    except UnicodeDecodeError:
        return False
    return True


# Seeds


def _stored(kind: str) -> list[bytes]:
    """The documents to begin with, one file each."""
    return [path.read_bytes() for path in sorted((DATA / "seeds" / kind).iterdir())]


CONFIG_SEEDS = tuple(
    "\n#----\n".join((DATA / "config" / "good" / name).read_text("utf-8") for name in names).encode()
    for names in (FILES, ("full-monitor.toml", "feeds.toml", "full-watchlists.toml"))
)
HEADER_SEEDS = (
    b"120",
    b"Sun, 22 Nov 2026 09:00:00 GMT\nSun, 22 Nov 2026 08:00:00 GMT",
    b"Sunday, 22-Nov-26 09:00:00 GMT",
    b"public, max-age=600, stale-while-revalidate=30\n10",
    b'<https://hub.example/>; rel="hub", <https://a.example/f>; rel=self\nx',
    b"gzip, deflate",
)
DATE_SEEDS = tuple(
    given.encode()
    for given in (
        "Sun, 22 Nov 2026 08:00:00 +0100",
        "2026-11-22T08:00:00.123456+01:00",
        "22 ноября 2026 г., 8:00",
        "1795334400",
        "22.11.2026 08:00",
        "22. November 2026",
        "Nov 22, 2026 8:00 PM EST",
        "2026-W47-7",
        "2026-326",
        "20261122T080000Z",
    )
)
ADDRESS_SEEDS = tuple(
    given.encode()
    for given in (
        "https://www.gazette.example/news/2026/11/22/wolves.html?utm_source=rss&id=1#top",
        "../a/./b/../c;x?q=%D0%B2%20+&&a=&=b",
        "http://user:pw@xn--e1afmkfd.example:80/\u0432\u043e\u043b\u043a",
        "//cdn.ampproject.org/c/s/gazette.example/amp/1",
        "https://news.google.com/rss/articles/CBMiJ2h0dHBzOi8vZ2F6ZXR0ZS5leGFtcGxlL25ld3MvMS5odG1s0gEA?oc=5",
        "https://feedproxy.example/~r/x?url=https%3A%2F%2Fa.example%2F",
        "http://[::ffff:127.0.0.1]:8080/ http://0x7f.1/",
        "javascript:alert(1)",
        "https://a.example\\@b.example/\t\n",
    )
)
SELECTOR_SEEDS = (
    b"main article > a[href^='/news']:not(.ad)",
    b"a:nth-child(2n+1), h2 ~ a",
    b"*|a::text",
    b"div:has(> a)",
    b":root",
)
PACKED_SEEDS = (
    gzip.compress(b"feed " * 1000, mtime=0),
    gzip.compress(b"a", mtime=0) + gzip.compress(b" " * 10**6, mtime=0),
    zlib.compress(b"feed " * 1000),
    zlib.compress(b"\0" * 10**6, 9, -15),
)


@dataclass(frozen=True)
class Target:
    """A function that is fuzzed, what its inputs are made of, and how many of them a second's worth of tests are."""

    run: Callable[[bytes], None]
    seeds: Sequence[bytes]
    few: int = 60


TARGETS = {
    "parse": Target(parse, _stored("parse"), 60),
    "extract": Target(extract, _stored("extract"), 12),
    "normalise": Target(normalise, _stored("text"), 100),
    "match": Target(match, _stored("text"), 60),
    "config": Target(configure, CONFIG_SEEDS, 10),
    "opml": Target(read_opml, _stored("opml"), 100),
    "robots": Target(read_robots, _stored("robots"), 100),
    "headers": Target(read_headers, HEADER_SEEDS, 200),
    "dates": Target(read_date, DATE_SEEDS, 300),
    "addresses": Target(read_address, ADDRESS_SEEDS, 200),
    "selectors": Target(select_links, SELECTOR_SEEDS, 60),
    "packed": Target(unpack, PACKED_SEEDS, 60),
}

# Mutations

PIECES = tuple(
    piece.encode("utf-8", "surrogatepass")
    for piece in (
        *(
            "<",
            ">",
            "</",
            "/>",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<?xml version='1.0' encoding='utf-16'?>",
            "<?",
            "<!DOCTYPE x [",
        ),
        *(
            "<!ENTITY a 'b'>",
            "&a;",
            "&#0;",
            "&#x110000;",
            "&#55296;",
            "&amp;lt;",
            "&",
            "&nbsp",
            "\\u0000",
            "\\ud800",
            "\ud800",
        ),
        *(
            "<b>",
            "<item>",
            "</item>",
            "<entry>",
            "<script>",
            "<style>",
            "<svg>",
            "<math>",
            "<table>",
            "<a href=",
            "<base href='//'>",
        ),
        *(
            "<html>",
            "<body>",
            "<channel>",
            "xmlns='x'",
            "xml:base='http://['",
            "charset=utf-7",
            "encoding='x'",
            "type='xhtml'",
        ),
        *(
            "\x00",
            "\x0b",
            "\x1b[31m",
            "\x85",
            "\u2028",
            "\u202e",
            "\ufeff",
            "\ufffe",
            "\u0130",
            "\u00df",
            "\u0301",
            "\U0001f600",
        ),
        *(
            '"',
            "'",
            "\\",
            "[",
            "]",
            "{",
            "}",
            "(",
            ")",
            "*",
            "$",
            "%",
            "%00",
            "%zz",
            "//",
            "://",
            "@",
            "#",
            "?",
            ":",
            ";",
            ",",
            "=",
        ),
        *(
            "0",
            "-1",
            "1e999",
            "NaN",
            "Infinity",
            "99999999999999999999",
            "2147483648",
            "0001-01-01",
            "9999-12-31T23:59:59-23:59",
        ),
        *(
            "null",
            "true",
            "[]",
            "{}",
            "http://[::1",
            "http://\u2100.example/",
            "javascript:",
            "data:,x",
            "\r\n",
            "\n\n",
            "\t",
            " ",
        ),
        *(
            "[[feeds]]",
            "[watchlists",
            "= {",
            '"""',
            "'''",
            "0x",
            "1979-05-27T07:32:00",
            "2026-02-30",
            "24:00",
            "60",
            "+99:99",
            "Feb 31",
        ),
        *(
            "User-agent: *",
            "Disallow: ",
            "Crawl-delay: ",
            "Sitemap: ",
            "max-age=",
            "\xc3\x28",
            ":has(",
            ":nth-child(",
            "::",
            "~",
            "|",
        ),
    )
)
CODECS = ("utf-16", "utf-16-le", "utf-32", "cp1251", "koi8-r", "cp037", "utf-7", "shift_jis", "gb18030", "latin-1")


def make(target: str, seed: int, number: int) -> bytes:
    """The input of this number: always the same."""
    chance = random.Random(f"{seed}/{target}/{number}")
    seeds = TARGETS[target].seeds
    data = chance.choice(seeds)
    for _ in range(min(1 + int(chance.expovariate(0.4)), 12)):
        data = chance.choice(MUTATIONS)(data, chance, seeds)[:MAX_INPUT]
    return data


def _span(data: bytes, chance: random.Random, most: int = 60) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.randrange(1, most + 1))


def _flip(data: bytes, chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 4) if data else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _insert(data: bytes, chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(PIECES) * chance.choice((1, 1, 1, 2, 50)) + data[at:]


def _replace(data: bytes, chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    start, end = _span(data, chance, 12)
    return data[:start] + chance.choice(PIECES) + data[end:]


def _delete(data: bytes, chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    start, end = _span(data, chance)
    return data[:start] + data[end:]


def _cut(data: bytes, chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _repeat(data: bytes, chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    start, end = _span(data, chance, 200)
    return data[:start] + data[start:end] * chance.choice((2, 3, 30, 1000)) + data[end:]


def _move(data: bytes, chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    start, end = _span(data, chance, 200)
    rest = data[:start] + data[end:]
    at = chance.randrange(len(rest) + 1)
    return rest[:at] + data[start:end] + rest[at:]


def _splice(data: bytes, chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    other = chance.choice(seeds)
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


def _number(data: bytes, chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """Another number in place of one that is there."""
    places = [at for at, byte in enumerate(data[:5000]) if 48 <= byte < 58]
    if not places:
        return data
    at = chance.choice(places)
    end = at
    while end < len(data) and 48 <= data[end] < 58:
        end += 1
    other = chance.choice(
        (b"0", b"-1", b"1", b"00", b"99", b"31", b"13", b"65536", b"4294967296", b"9" * 30, b"1e9", b"1.5")
    )
    return data[:at] + other + data[end:]


def _encode(data: bytes, chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    return data.decode("utf-8", "replace").encode(chance.choice(CODECS), "replace")


def _case(data: bytes, chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    start, end = _span(data, chance, 200)
    return data[:start] + data[start:end].swapcase() + data[end:]


def _characters(data: bytes, chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """Any characters of Unicode."""
    at = chance.randrange(len(data) + 1)
    points = (
        chance.choice((chance.randrange(0x250), chance.randrange(0x3000), chance.randrange(0x110000))) for _ in range(5)
    )
    return data[:at] + "".join(map(chr, points)).encode("utf-8", "surrogatepass") + data[at:]


MUTATIONS = (
    *(_flip, _insert, _insert, _insert, _replace, _replace, _delete, _cut, _repeat, _move, _splice),
    *(_number, _number, _encode, _case, _characters, _characters),
)

# Trying


@dataclass
class Finding:
    target: str
    what: str
    data: bytes


@dataclass
class Tally:
    """How much was tried of a target, and what was found, by what went wrong."""

    tried: int = 0
    seconds: float = 0.0
    findings: dict[str, Finding] = field(default_factory=dict)


def wrong_with(target: str, data: bytes) -> str:
    """What goes wrong with an input in this process: the error and its place; empty if nothing."""
    try:
        TARGETS[target].run(data)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}"
    return ""


def attempt(target: str, inputs: Iterator[bytes], longest: float = LONGEST) -> tuple[int, str, bytes]:
    """Try inputs in a process of its own until something goes wrong or they end: how many were tried, what went wrong
    (or empty), and with which input."""
    given = list(inputs)
    count = mmap.mmap(-1, 8)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        for number, data in enumerate(given):
            count[:] = number.to_bytes(8, "big")
            if wrong := wrong_with(target, data):
                os.write(writing, wrong.encode())
                os._exit(1)
        os._exit(0)
    os.close(writing)
    try:
        return _outcome(child, reading, count, given, longest)
    finally:
        os.close(reading)


def _outcome(child: int, reading: int, count: mmap.mmap, given: list[bytes], longest: float) -> tuple[int, str, bytes]:
    at, since = -1, 0.0
    clock = (~child << 3) | 2  # its CPU time (clock_getcpuclockid), so that a busy machine is no finding
    while not select.select([reading], [], [], 0.05)[0]:
        now_at, used = int.from_bytes(count[:], "big"), time.clock_gettime(clock)
        if now_at != at:
            at, since = now_at, used
        elif used - since > longest:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return at + 1, f"took longer than {longest:g} s", given[at]
    said = os.read(reading, 1000).decode()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    at = int.from_bytes(count[:], "big")
    if status < 0:
        said = f"died of {signal.Signals(-status).name}"
    return at + 1, said, given[at] if said else b""


def smaller(target: str, data: bytes, what: str, seconds: float = 30.0) -> bytes:
    """The finding with as much left out as it can be and still go wrong in the same way."""
    end, size = time.monotonic() + seconds, max(1, len(data) // 2)
    while size and time.monotonic() < end:
        at = 0
        while at < len(data) and time.monotonic() < end:
            shorter = data[:at] + data[at + size :]
            if attempt(target, iter([shorter]))[1] == what:
                data = shorter
            else:
                at += size
        size //= 2
    return data


def keep(finding: Finding) -> Path:
    """Write it where the tests find it."""
    name = hashlib.blake2b(finding.data, digest_size=6).hexdigest()
    place = FINDINGS / finding.target / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(finding.data)
    return place


def fuzz(minutes: float, seed: int, targets: Sequence[str], parcel: int = 100) -> dict[str, Tally]:
    """Try all targets in turn, each for as long as the others."""
    tallies, end = {target: Tally() for target in targets}, time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        target = min(tallies, key=lambda each: tallies[each].seconds)
        tally, begun = tallies[target], time.monotonic()
        inputs = (make(target, seed, number) for number in range(tally.tried, tally.tried + parcel))
        tried, what, data = attempt(target, inputs)
        tally.tried += tried
        tally.seconds += time.monotonic() - begun
        if what and what not in tally.findings:
            finding = Finding(target, what, smaller(target, data, what))
            tally.findings[what] = finding
            print(f"{target}: {what}: {keep(finding)} {finding.data[:200]!r}", flush=True)
    return tallies


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzz everything that reads what others write.")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", action="append", choices=sorted(TARGETS), help="only this one (can be given again)")
    told = parser.parse_args()
    tallies = fuzz(told.minutes, told.seed, told.target or list(TARGETS))
    for target, tally in tallies.items():
        print(f"{target:12}{tally.tried:>9} inputs {tally.seconds:>7.0f} s {len(tally.findings):>4} findings")
    return 1 if any(tally.findings for tally in tallies.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
