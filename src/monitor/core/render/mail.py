"""The form of an event that goes by mail: a subject, a plain text part and an HTML part that say the same.

The HTML is made for strict mail programs: no style, script, image or anything that is loaded from elsewhere; each
text of a stranger is escaped and isolated in its own writing direction (<bdi>).
"""

from dataclasses import dataclass
from html import escape

from monitor.core.model import Event
from monitor.core.render.brief import Brief, Line, Link, Pieces, Telling, tell

# Whoever writes `=?utf-8?q?…?=` (RFC 2047) into a title means that mail programs decode it. Python's own headerregistry
# does, and writes what comes out of it, line ends included, as header fields: a title could add a Bcc (Python 3.11.7,
# 2026-11-22). With something between the two characters it is a text like any other.
_ENCODED = ("=?", "=\u200b?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """`subject` is one line without control characters and encoded words; `html` a whole document."""

    subject: str
    text: str
    html: str


def mail(event: Event) -> Mail:
    """Any event as a mail; a neutral event makes a neutral mail, a confidential one a subject that tells nothing."""
    telling = tell(event)
    return Mail(subject=telling.subject.replace(*_ENCODED), text=_text(telling), html=_html(telling))


# Plain text


def _text(telling: Telling) -> str:
    lead = [line for line in (*telling.lines, telling.link) if line]
    blocks = ["\n".join(lead)] if lead else []
    blocks += ["\n".join(_text_brief(brief)) for brief in telling.briefs]
    return "\n\n----\n\n".join(blocks) + "\n"


def _text_brief(brief: Brief) -> list[str]:
    lines = [brief.heading, "", *_text_link(brief.article), ""]
    lines += [f"{line.sign} {_starred(line.pieces)}" for line in brief.difference]
    lines += [""] if brief.difference else []
    for quote in brief.quotes:
        lines += [f"    {_starred(quote)}", ""]
    lines += brief.notes
    for other in brief.others:
        lines += ["", *_text_link(other)]
    return [*lines, "", f"monitor alerts show {brief.id}"] if brief.id else lines


def _starred(pieces: Pieces) -> str:
    return "".join(f"*{piece}*" if hit else piece for piece, hit in pieces)


def _text_link(link: Link) -> list[str]:
    return [link.title, link.facts, link.url]


# HTML


def _html(telling: Telling) -> str:
    body = "".join(f"<p>{_bdi(line)}</p>\n" for line in telling.lines)
    if telling.link:
        body += f'<p><a href="{escape(telling.link)}">{escape(telling.link)}</a></p>\n'
    body += "<hr>\n".join(_html_brief(brief) for brief in telling.briefs)
    return f'<!doctype html>\n<html><head><meta charset="utf-8"></head><body>\n{body}</body></html>\n'


def _html_brief(brief: Brief) -> str:
    parts = [f"<p>{_bdi(brief.heading)}</p>", f"<p>{_html_link(brief.article)}</p>"]
    parts += [_html_line(line) for line in brief.difference]
    parts += [f"<blockquote>{_html_quote(quote)}</blockquote>" for quote in brief.quotes]
    parts += [f"<p>{'<br>'.join(_bdi(note) for note in brief.notes)}</p>"]
    if brief.others:
        parts.append("<ul>" + "".join(f"<li>{_html_link(other)}</li>" for other in brief.others) + "</ul>")
    parts += [f"<p><code>monitor alerts show {escape(brief.id)}</code></p>"] if brief.id else []
    return "\n".join(parts) + "\n"


def _html_link(link: Link) -> str:
    """The title leads where the host beside it says; the address is shown in full, once, below."""
    title = f"<b>{_bdi(link.title)}</b>"
    if link.host:
        title = f'<a href="{escape(link.url)}">{title}</a> ({_bdi(link.host)})'
    return f"{title}<br>{_bdi(link.facts)}<br>{_bdi(link.url)}"


def _html_line(line: Line) -> str:
    """Signs as well as tags: not every mail program shows what was deleted and inserted as such."""
    tag = "del" if line.sign == "-" else "ins"
    return f"<p>{line.sign} <{tag}>{_html_quote(line.pieces)}</{tag}></p>"


def _html_quote(quote: Pieces) -> str:
    marked = "".join(f"<b>{escape(piece)}</b>" if hit else escape(piece) for piece, hit in quote)
    return f"<bdi>{marked}</bdi>"


def _bdi(text: str) -> str:
    return f"<bdi>{escape(text)}</bdi>"
