"""The forms of an event for a terminal and for chat services: a few plain lines.

Neither has a part that is safe to format, so strangers' text is disarmed: for the terminal by leaving out control and
bidi characters (every brief does), for chats also by taking away what makes mentions, links and markup.
"""

import re
from collections.abc import Callable
from urllib.parse import quote

from monitor.core.model import Event
from monitor.core.render.brief import Brief, Pieces, tell

# What chat services read as a mention (@everyone, <!channel>, <@123>), a link or picture under another name ([…](…), <…|…>)
# or markup (*…*, ~~…~~, ||…||): look-alikes stand for it, and a zero-width space parts an @ from the name behind it.
_MENTION = {"@": "@\u200b", "＠": "＠\u200b"}
_MARKUP = {"<": "‹", ">": "›", "[": "(", "]": ")", "`": "'", "*": "∗", "~": "∼", "|": "¦"}
_DISARM = str.maketrans(_MENTION | _MARKUP)
_DISARM_ADDRESS = str.maketrans({character: quote(character, safe="") for character in "@[]*"} | {"~": "%7E"})
_UNDERLINE = re.compile(r"(?<!\w)_+|(?<!_)_++(?!\w)")  # inside a word it is none
_HEADING = re.compile(r"#(?=\s)")


def console(event: Event) -> str:
    """Lines for a terminal, without a line end after the last. What is confidential is told neutrally, since a
    terminal's lines may end in a log."""
    telling = tell(event)
    if not telling.briefs:
        return "\n".join([telling.subject, *_indented([*telling.lines, telling.link or ""])])
    blocks = [_hidden(brief) if brief.confidential else _shown(brief) for brief in telling.briefs]
    many = [telling.subject] if len(telling.briefs) > 1 else []
    return "\n".join([*many, *blocks, *telling.lines])


def plain(event: Event) -> tuple[str, str]:
    """(title, body) for chat services: plain text in which nothing can mention, link or mark up by itself. The
    sentences' hits are between asterisks, which most services show as bold."""
    telling = tell(event)
    blocks = ["\n".join(_chat(brief)) for brief in telling.briefs]
    blocks += [_disarmed(line) for line in telling.lines] + ([telling.link] if telling.link else [])
    return _disarmed(telling.subject), "\n\n".join(blocks)


def _shown(brief: Brief) -> str:
    lines = [brief.article.facts, brief.article.url]
    lines += [f"{line.sign} {_quoted(line.pieces)}" for line in brief.difference]
    lines += [_quoted(quoted) for quoted in brief.quotes]
    lines += [*brief.notes, *(f"{other.facts}: {other.url}" for other in brief.others)]
    lines += [f"monitor alerts show {brief.id}"] if brief.id else []
    return "\n".join([f"ALERT {brief.heading}: {brief.article.title}", *_indented(lines)])


def _hidden(brief: Brief) -> str:
    return f"ALERT (confidential): monitor alerts show {brief.id}"


def _chat(brief: Brief) -> list[str]:
    link = brief.article
    lines = [_disarmed(link.title), _disarmed(link.facts), link.url.translate(_DISARM_ADDRESS)]
    lines += [f"{line.sign} {_quoted(line.pieces, _disarmed)}" for line in brief.difference]
    lines += [_quoted(quoted, _disarmed) for quoted in brief.quotes]
    lines += [_disarmed(note) for note in (brief.heading, *brief.notes)]
    for other in brief.others:
        lines += [_disarmed(f"{other.title} · {other.facts}"), other.url.translate(_DISARM_ADDRESS)]
    return lines


def _quoted(pieces: Pieces, clean: Callable[[str], str] = str) -> str:
    return "".join(f"*{clean(piece)}*" if hit else clean(piece) for piece, hit in pieces)


def _disarmed(text: str) -> str:
    """Without what chat services obey. A mail address cannot be clicked on any more."""
    whole = _UNDERLINE.sub(lambda found: "＿" * len(found[0]), text)
    return _HEADING.sub("＃", whole).translate(_DISARM)


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines if line]
