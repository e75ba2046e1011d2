"""Tags that are made to take long. Not here: what tags mean."""

import re

MOST_ATTRIBUTES = 500
"""libxml2 takes 9 s for 40 000 attributes of one element of HTML, four times as long for twice as many (2026-11-22); real
elements have at most 30."""

_CROWDED = re.compile(
    r"<[A-Za-z][^\s<>\"'=/]{0,100}+"
    r"(?:(?:[\s/]++|(?<=[\"']))[^\s<>\"'=/]++(?:\s*+=\s*+(?:\"[^\"]{0,4000}+\"|'[^']{0,4000}+'|[^\s\"'<>]++))?+)"
    rf"{{{MOST_ATTRIBUTES}}}"
)


def are_crowded(html: str) -> bool:
    """Whether an element of HTML has so many attributes that no parser is to see it."""
    return bool(_CROWDED.search(html))
