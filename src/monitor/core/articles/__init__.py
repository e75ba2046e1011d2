"""The text behind an entry: a page in, an article out.

    page        the text, and putting together what the others find
    metadata    title, author, date, address, as the page states them
    walls       what tells an article from a consent wall, a paywall, a bot wall, a page that is not there

trafilatura and lxml are imported when a function is called, in the sandbox; importing this package costs nothing.
"""

from monitor.core.articles.page import extract, read

__all__ = ["extract", "read"]
