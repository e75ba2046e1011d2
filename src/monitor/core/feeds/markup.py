"""HTML fragments and untidy strings as plain text.

What belongs here: making text of what feeds and listing pages put into a field. What does not: finding the article on a
page (articles). Imports lxml, so only what runs in the sandbox imports this module.
"""

import re
from html import unescape

from lxml import etree

from monitor.core import tags

MAX_TITLE = 1_000
"""Code points of a title; real ones end at 400."""
MAX_TEXT = 200_000
"""Code points of a summary or a text: 30 000 words."""

_DROPPED = ("script", "style", "template", "noscript", "iframe", "object", "svg", "math", "head", "title")
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer form"
        " h1 h2 h3 h4 h5 h6 header hr li main nav ol option p pre section summary table tbody td tfoot th thead tr ul",
    )
)
# Elements that are meant as markup also where text is expected: "<b>" in a title; not "<3", "<name>", "x <y".
_TAG = re.compile(
    r"<!--[^<>]*-->|</?(?:a|abbr|acronym|article|aside|audio|b|big|blockquote|body|br|center|cite|code|dd|del|div|dl|dt|em"
    r"|figcaption|figure|font|footer|h[1-6]|head|header|hr|html|i|iframe|img|ins|kbd|li|link|mark|meta|nobr|ol|p|picture|pre|q"
    r"|s|script|section|small|source|span|strike|strong|style|sub|sup|table|tbody|td|th|thead|time|tr|tt|u|ul|video|wbr)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"<[A-Za-z/!?][^<>]*>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SPACES = re.compile(r"[^\S\n]+")
_PARSER = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
_BREAKS = re.compile(r" ?\n[ \n]*")


def clean(text: str) -> str:
    """The same text without what neither UTF-8 nor JSON nor a terminal takes: control characters become blanks, half a
    surrogate pair U+FFFD. Tabs and line breaks stay."""
    if text.isprintable():  # the most frequent case by far, and no regular expression
        return text
    text = _CONTROL.sub(" ", text)
    return _SURROGATE.sub("\ufffd", text)


def line(text: str) -> str:
    """A title or a name: one line of plain text, whatever markup and entities it came with."""
    text = _without_cdata(clean(text[: 20 * MAX_TITLE]))
    for _ in range(2):  # some feeds escape twice
        text = _unescaped(_TAG.sub(_blank, text)) if "<" in text else _unescaped(text)
    return " ".join(text.split())[:MAX_TITLE].rstrip()


def plain(text: str, *, html: bool = True) -> str:
    """A summary or an article's text as plain text: blocks on lines of their own, scripts and styles dropped, entities
    unescaped, also where a feed escapes twice. `html` False: the text is meant as it is, "<b>" and all."""
    text = clean(text[: 10 * MAX_TEXT])
    if html:
        text = _without_cdata(text)
        text = _without_tags(text) if _ANY_TAG.search(text) else _unescaped(text)
        if "<" in text and _TAG.search(text):
            text = _without_tags(text)
        text = _unescaped(text)
    return _BREAKS.sub("\n", _SPACES.sub(" ", text)).strip()[:MAX_TEXT].rstrip()


def _without_cdata(text: str) -> str:
    """Without the marks of CDATA sections, which have no meaning in HTML and are left where a feed escapes twice."""
    return text.replace("<![CDATA[", "").replace("]]>", "") if "<![CDATA[" in text else text


def _blank(tag: re.Match[str]) -> str:
    return " " if tag[0][1:3].lower() in ("br", "p>", "/p", "hr", "li", "di", "/d", "td", "tr") else ""


def _unescaped(text: str) -> str:
    return clean(unescape(text)) if "&" in text and _ENTITY.search(text) else text


def _without_tags(text: str) -> str:
    """The text of an HTML fragment."""
    if tags.are_crowded(text):
        return re.sub(r"<[^<>]*>", " ", text)
    root = etree.fromstring(f"<div>{text}</div>", _PARSER)
    if any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in _PARSER.error_log):
        return re.sub(r"<[^<>]*>", " ", text)  # nested more than 256 deep
    etree.strip_elements(root, *_DROPPED, with_tail=False)
    return text_of(root)


def text_of(root: etree._Element) -> str:
    """All text in an element, the texts of blocks divided by line breaks."""
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        pieces.append("\n" if str(element.tag).rpartition("}")[2] in _BLOCKS else "")
        pieces.append((element.text if event == "start" else element.tail if element is not root else "") or "")
    return "".join(pieces)
