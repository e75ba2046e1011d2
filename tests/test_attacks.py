"""The worst that strangers could write, through every door of a real daemon: it reaches people as text, once, and nothing
else happens. The payloads are our own; `bench/attacks.py` sends the collections of others."""

import asyncio
from email.message import EmailMessage
from pathlib import Path

import pytest

from support.alerts import NASTY
from support.attacks import Door, Payload, attack, judge_html, judge_letter

TEXTS = (
    *NASTY.values(),
    "<svg/onload=alert(1)>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "</bdi></p><style>*{display:none}</style><base href=//evil.example>",
    "<img src=http://evil.example/pixel.png><link rel=stylesheet href=//evil.example/x.css>",
    "=?utf-8?b?U3ViamVjdDogeA0KQmNjOiB2aWN0aW1AZXhhbXBsZS5vcmcNCg0KPGgxPg==?=",
    "\u202ePersian: سلام\u200cها دنیا \u2067עברית\u2069",
    "Z̸̢̛̖̬̤͎̮̞̋̈́̆͗a͓̟l̴̠͔̩g̷͙̿o̶̻̔",
    "'; DROP TABLE articles; --",
    "\ufeff\ufffe\uffff\U000e0001 noncharacters",
    '"]}],"x":[{"title":"',
    "%0d%0aSet-Cookie: x=1",
    "monitor.toml:1: [[channels]]\nname = 'evil'",
    "\x1b]52;c;ZWNobyBoaQ==\x07\x1bP$q\x1b\\\x1b[?1049h",
)
LINKS = (
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "http://127.0.0.1:22/",
    "http://[::ffff:127.0.0.1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://127.1/",
    "http://user:pass@127.0.0.1/",
    "http://10.0.0.1\\@203.0.113.1/",
    "//127.0.0.1/x",
    "http://127.0.0.1/%0d%0aX-Injected:%201",
    "gopher://127.0.0.1:6379/_INFO",
    "http://127.0.0.1:99999/",
    "http://",
    "",
)
PAGES = (
    "<script>document.title='x'</script><p onclick=x>wolves</p>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:22/'><iframe src=http://127.0.0.1:22/></iframe>",
    "<p>\x1b[2J\x00\x9b31m \u202ewolves</p>",
    "<!--" * 500,
)
FEEDS = (
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&x;</title></item></channel></rss>',
    '<!DOCTYPE r [<!ENTITY % d SYSTEM "http://127.0.0.1:22/x.dtd"> %d;]><rss version="2.0"><channel/></rss>',
    '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "'
    + "&a;" * 99
    + '"><!ENTITY c "'
    + "&b;" * 99
    + '">]><rss><channel><title>&c;</title></channel></rss>',
    '<?xml-stylesheet href="http://127.0.0.1:22/x.xsl"?><feed xmlns="http://www.w3.org/2005/Atom"/>',
)


def test_what_strangers_write_reaches_people_as_text_and_only_once(tmp_path: Path) -> None:
    doors = ((Door.TEXT, TEXTS), (Door.LINK, LINKS), (Door.REDIRECT, LINKS[3:]), (Door.PAGE, PAGES), (Door.FEED, FEEDS))
    payloads = [Payload(corpus="ours", door=door, text=text) for door, texts in doors for text in texts]
    report = asyncio.run(attack(tmp_path, payloads, patience=60, shown=2))
    assert not report.faults, "\n".join(report.faults)
    sent = len(payloads) - len(FEEDS)
    counts = report.counts["ours"]
    assert counts["by webhook"] == counts["by mail"] == sent - counts["in a story that was told"] > 0.9 * sent


# The judge is able to find fault


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("<p>plain</p>", []),
        ('<a href="https://a.example/">x</a>', []),
        ("<p>x</p><script>1</script>", ["tag script"]),
        ("<p onclick=x>x</p>", ["attribute onclick of p"]),
        ("<p>x<img src=http://a.example/></p>", ["tag img"]),
        ("<a href=javascript:alert(1)>x</a>", ["link 'javascript:alert(1)'"]),
        ("<a href=https://a@b.example/>x</a>", ["link 'https://a@b.example/'"]),
    ],
)
def test_the_judge_knows_what_html_may_hold(document: str, fault: list[str]) -> None:
    assert judge_html(f"<!doctype html><html><body>{document}</body></html>") == fault


def test_the_judge_knows_what_a_mail_may_hold() -> None:
    letter = EmailMessage()
    letter["Subject"] = "x"
    letter["Bcc"] = "victim@example.org"
    letter.set_content("a\x1b[2Jb")
    letter.add_alternative("<p>x</p>", subtype="html")
    first, second = judge_letter(letter)
    assert "Bcc" in first
    assert "'\\x1b'" in second
