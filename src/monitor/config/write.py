"""The way back: sources as the text of feeds.toml. Nothing is read or written here."""

import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import timedelta

from monitor.config import values
from monitor.config.languages import LANGUAGES
from monitor.core.opml import Outline
from monitor.core.settings import Source

_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def as_toml(sources: Iterable[Source]) -> str:
    """The sources as [[feeds]] and [[sites]], a blank line before each; without what is the default."""
    return "".join(f"\n[[{source.kind}s]]\n" + "".join(_lines(source)) for source in sources)


def append(text: str, sources: Iterable[Source]) -> str:
    """The text of a feeds.toml with the sources at its end; what stands there stays as it is."""
    return (text if not text or text.endswith("\n") else text + "\n") + as_toml(sources)


def from_outlines(outlines: Iterable[Outline], known: Iterable[Source]) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    """The sources that a list of feeds brings, and what is wrong with the others, a line each.

    Addresses that are `known` are left out; a name that is taken gets a number.
    """
    known = [*known]
    names = {source.name.casefold() for source in known}
    addresses = {source.url for source in known}
    made: list[Source] = []
    problems: list[str] = []
    for outline in outlines:
        if outline.url in addresses:
            continue
        name = _free(outline.title or outline.url, names)
        try:
            values.web_address(outline.url)
        except ValueError as error:
            problems.append(f"{name}: its address {error}")
            continue
        names.add(name.casefold())
        addresses.add(outline.url)
        tags = tuple(dict.fromkeys(tag[: values.NAME_LENGTH].strip() for tag in outline.categories if tag.strip()))
        made.append(Source(name=name, url=outline.url, language=_language(outline.language), tags=tags))
    return tuple(made), tuple(problems)


def _free(name: str, names: set[str]) -> str:
    """The name, cut if need be, or with a number behind it if it is taken."""
    name, number = name[: values.NAME_LENGTH - 10].strip(), 2
    free = name
    while free.casefold() in names:
        free, number = f"{name} {number}", number + 1
    return free


def _language(code: str | None) -> str | None:
    """`en-US` → `en`; None for what is no language."""
    short = (code or "").replace("_", "-").partition("-")[0].lower()
    return short if short in LANGUAGES else None


def _lines(source: Source) -> Iterable[str]:
    for field in fields(source):
        value = getattr(source, field.name)
        if field.name != "kind" and value != field.default:
            yield f"{field.name} = {_value(value)}\n"


def _value(value: str | int | timedelta | tuple[str, ...]) -> str:
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        unit, length = next((unit, length) for unit, length in _UNITS if seconds % length == 0)
        return f'"{seconds // length}{unit}"'
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    # A JSON string is a TOML string, but for the character DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
