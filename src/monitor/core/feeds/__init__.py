"""What sources list: documents in, entries out.

    document    what a document is, and which reader it is for
    syndication, xmlfeed, tagsoup, jsonfeed, sitemap, listing    the readers
    items, xml, markup, fields    what they share: digests, safe XML, plain text, values of entries
    links, discovery    what a page or a site offers to be polled

The readers import lxml and feedparser when they are called, in the sandbox; importing this package costs nothing.
"""

from monitor.core.feeds.document import read

__all__ = ["read"]
