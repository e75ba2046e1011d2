"""How long reading a feed takes, against feedparser as it comes: `.venv/bin/python bench/parse.py`.

The feeds are made here: headlines only (27 KB), full texts in HTML (60 KB), and 20 000 short items. CPU time, best of three.
"""

import io
import time
from collections.abc import Callable
from functools import partial
from html import escape

import feedparser

from monitor.core import feeds
from monitor.core.settings import SourceKind

URL = "https://example.org/feed"
PARAGRAPH = "<p>The council of <a href='/m'>Morost</a> voted on <b>motion {0}</b> after {0} hours &amp; a walk.</p>\n"


def document(count: int, paragraphs: int, first: int = 0) -> bytes:
    """An RSS feed of `count` items, numbered from `first`, each with so many paragraphs of HTML."""
    items = "".join(
        f"<item><title>Motion {i} was carried &amp; signed</title><link>https://example.org/2026/11/motion-{i}.html</link>"
        f'<guid isPermaLink="false">post-{i}</guid><pubDate>Sun, 22 Nov 2026 {i % 24:02}:00:00 +0000</pubDate>'
        f"<category>politics</category><description>{escape(PARAGRAPH.format(i) * paragraphs)}</description></item>\n"
        for i in range(first, first + count)
    )
    return f'<rss version="2.0"><channel><title>Gazette</title><link>https://example.org/</link>{items}</channel></rss>'.encode()


def cpu(function: Callable[[], object], rounds: int = 3) -> float:
    """The least CPU seconds that a call took."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        function()
        taken.append(time.process_time() - start)
    return min(taken)


def read(body: bytes, known: bytes = b"") -> bytes:
    return feeds.read(body, url=URL, headers={}, kind=SourceKind.FEED, known=known).digests


def peer_reads(body: bytes) -> None:
    feedparser.parse(io.BytesIO(body))


def main() -> None:
    print(f"{'':28}{'feedparser':>12}{'first':>16}{'2 new':>16}{'none new':>16}")
    for name, count, paragraphs in (("headlines", 70, 1), ("full texts", 40, 8), ("20 000 items", 20_000, 0)):
        body, later = document(count, paragraphs, 2), document(count, paragraphs)
        read(body)
        known = read(body)
        peer = cpu(partial(peer_reads, body), 1 if count > 1000 else 3)
        ours = [cpu(partial(read, *case)) for case in ((body, b""), (later, known), (body, known))]
        figures = "".join(f"{one * 1000:9.1f} {peer / one:5.1f}×" for one in ours)
        print(f"{name + f', {len(body) // 1000} KB':28}{peer * 1000:9.1f} ms{figures}")


if __name__ == "__main__":
    main()
