"""What alerts teach: an example, and masks, written into the text of watchlists.toml. Comments and layout stay.

Not here: whether the lists then do what their examples say (core.watch), and writing the file. tomlkit is imported only
here, when somebody teaches something.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from monitor.config.lines import lines
from monitor.config.watchlists_file import ANY
from monitor.core.settings import Example

KEY = "must_not_match"


def learned(text: str, watchlist: str, example: Example, masks: Mapping[str, Iterable[str]]) -> str:
    """The text with the example in `must_not_match` of the watchlist, and phrases in `mask.any` of term sets (by name).

    `text` is that of a valid watchlists.toml which has them all. What stands there already is not added.
    """
    import tomlkit

    document: Any = tomlkit.parse(text)
    _add(document["watchlists"][watchlist], (KEY,), _example(example))
    for term_set, phrases in masks.items():
        for phrase in phrases:
            _add(document["terms"][term_set], ("mask", ANY), tomlkit.string(phrase))
    return tomlkit.dumps(document)


def place(text: str, watchlist: str, example: Example) -> int:
    """The line on which the example stands in a text that has learned it."""
    import tomllib

    examples = tomllib.loads(text)["watchlists"][watchlist][KEY]
    return lines(text)["watchlists", watchlist, KEY, examples.index(_example(example))]


def _example(example: Example) -> Any:
    import tomlkit

    quoted = tomlkit.string(example.text)
    if example.language is None:
        return quoted
    return tomlkit.value(f'{{ lang = "{example.language}", text = {quoted.as_string()} }}')


def _add(table: Any, key: tuple[str, ...], value: Any) -> None:
    """Put a value at the end of a list in a table; the list, and the tables around it, are made if they are missing."""
    import tomlkit

    *around, last = key
    for name in around:
        if name not in table:
            _append(table, tomlkit.key(key), tomlkit.array())  # as a dotted key: `mask.any = […]`
        table = table[name]
    if last not in table:
        _append(table, tomlkit.key(last), tomlkit.array())
    if value not in table[last]:
        table[last].append(value)


def _append(table: Any, key: Any, value: Any) -> None:
    """A key more at the end of a table, before the comments and blank lines there: they belong to what follows."""
    body = getattr(table.value, "body", None)
    if body is None:  # parts of the table stand apart in the file: tomlkit chooses one
        table[key] = value
        return
    end = len(body)
    while end and body[end - 1][0] is None:
        end -= 1
    rest = body[end:]
    del body[end:]
    table.append(key, value)
    body.extend(rest)
