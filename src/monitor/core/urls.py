"""Addresses of pages: which are one page, what people are shown, what may be asked for at all.

What belongs here: text in, text out, without looking at any page. What does not: which networks may be reached (fetch),
which links of a page are articles (sites.py). The main process imports this module, so it stays light: urllib only.
"""

import base64
import binascii
import re
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import SplitResult, unquote_to_bytes, urljoin, urlsplit

MAX_LENGTH = 4096
"""Characters of the longest address that is fetched; the longest one seen in real feeds is a redirector's of 1 900."""

# What campaigns, mailings, networks and analytics add to an address, and what no page is chosen by.
_TRACKING = re.compile(
    r"(?:utm|mtm|matomo|piwik|pk|hsa|fb|ga|gaa|guce|ns|vero|oly|wt|mc|_hs|__hs|__cft_|__tn_|itm)_.*"
    r"|at_(?:medium|campaign|custom|creation|variant|format|channel|general|link|platform|ptr|bbc|network|term|send|recipient).*"
    r"|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|yclid|ysclid|ymclid|msclkid|twclid|ttclid|li_fat_id|igshid|igsh|epik|mibextid"
    r"|_ga|_gl|_ke|_kx|_openstat|_branch_match_id|hsctatracking|mkt_tok|mbid|maca|xtor|xts|ncid|ocid|cvid|cmpid|cmp|icid|intcid"
    r"|s_cid|sc_cid|smid|smtyp|srsltid|sref|taid|tpcc|traffic_source|trk|trkcampaign|guccounter|rb_clickid|wickedid|wtmc"
    r"|wt\.(?:mc|z).*|__twitter_impression|echobox|ref_src|ref_url|refsrc|referrer|share_id|dm_i|ml_subscriber(?:_hash)?"
    r"|action_(?:object|type|ref)_map|nr_email_referer|from_?rss|yptr|phpsessid|jsessionid",
    re.IGNORECASE,
)
# Names that choose a page on one site and tell where a reader came from on another: the value decides.
_ORIGIN = re.compile(
    r"ref|referer|source|src|from|via|partner|origin|medium|campaign|cid|mod|spref|share", re.IGNORECASE
)
_ORIGINS = re.compile(
    r"rss(?:[-_ 0-9.].*)?|.*[-_:]rss|feeds?|atom|fb|facebook|twitter|tw|x|telegram|tg|vk|whatsapp|instagram|linkedin"
    r"|reddit|email|newsletter|share|sharing|social|googlenews|google_news|yandex(?:news)?|flipboard|feedburner|homepage|amp",
    re.IGNORECASE,
)
_AMP = re.compile(r"amp(?:=(?:1|true|yes|on|)?)?|(?:outputtype|output|view|mode|type)=amp", re.IGNORECASE)

_PREFIX = re.compile(r"(?:www\d?|m|mobile|amp|wap|touch)\.(?=[^.]+\.)")
_PLAIN = re.compile(r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)((?:/[A-Za-z0-9._~-]*[A-Za-z0-9_-])+)/?")
_SPECIAL = re.compile(r"[/.]amp|google\.|//\d")
_DOUBLED = re.compile(r"https?://(?=https?://)", re.IGNORECASE)
_NOISE = re.compile(r"[\t\n\r]")
_EDGES = "".join(map(chr, range(33)))
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\\\ud800-\udfff\u2028\u2029]")
_BAD_HOST = re.compile(r"[^\w.:\[\]-]|\.\.|^\.", re.ASCII)
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_BARE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT = _UNRESERVED | frozenset(b"!$&'()*+,;=:@/%?[]|{}\"<>^`")
_PORTS = {"http": 80, "https": 443}

# Suffixes under which anybody registers; a small list instead of the Public Suffix List (10 000 lines, 5 MB): it only has
# to tell neighbours apart, and a name too much kept apart does no harm.
_SECOND_LEVEL = re.compile(
    r"ac|asn|co|com|edu|gc|go|gob|gouv|gov|gub|id|lg|ltd|mil|mod|ne|net|nhs|nom|or|org|plc|police|sch|school|web"
)
_SHARED_HOSTS = re.compile(
    r"(?:blogspot|wordpress|livejournal|substack|medium|tumblr|beehiiv|typepad|over-blog|canalblog|weebly|wixsite|herokuapp"
    r"|appspot|firebaseapp)\.com|git(?:hub|lab)\.io|netlify\.app|vercel\.app|web\.app|pages\.dev|ghost\.io|readthedocs\.io"
    r"|free\.fr|(?:narod|ucoz)\.ru|tilda\.ws|eu\.org"
)


def join(base: str, href: str) -> str | None:
    """The absolute address that `href` on the page `base` stands for, as published; None if it is nothing to fetch.

    As browsers do (WHATWG URL, 4.4) tabs and line breaks are dropped and blanks encoded; a backslash is refused.
    """
    if _PLAIN.fullmatch(href) and len(href) <= 250 and "/." not in href:
        return href  # as most links are
    href = _DOUBLED.sub("", _NOISE.sub("", href.strip(_EDGES)).replace(" ", "%20"))
    try:
        joined = urljoin(base, href)
    except ValueError:
        return None
    return joined if is_fetchable(joined) else None


def is_fetchable(url: str) -> bool:
    """Whether `url` is an absolute http(s) address with a host and without credentials, written so that every program
    reads the same host out of it. Not whether that host may be asked: the fetching client knows."""
    if len(url) > MAX_LENGTH or _FORBIDDEN.search(url):
        return False
    parts = _split(url)
    return (
        parts is not None
        and parts.scheme in _PORTS
        and "@" not in parts.netloc
        and bool(_ascii_host(parts.hostname or ""))
    )


def host(url: str) -> str:
    """The host in lower case, international names in ASCII (xn--…); empty if there is none."""
    parts = _split(url)
    return _ascii_host((parts.hostname or "") if parts else "")


def site(url: str) -> str:
    """The part of the host that one owner registers, roughly (news.bbc.co.uk → bbc.co.uk); an IP address as it is."""
    name = host(url)
    labels = name.split(".")
    if ":" in name or labels[-1].isdigit():
        return name
    shared = _SHARED_HOSTS.fullmatch(".".join(labels[-2:]))
    if shared or (len(labels[-1]) == 2 and _SECOND_LEVEL.fullmatch(labels[-2:][0])):
        return ".".join(labels[-3:])
    return ".".join(labels[-2:])


def cleaned(url: str) -> str:
    """What people are shown: host and path as published, without tracking parameters and fragment.

    A fragment that is a route (#!/news/1, #/news/1) stays: the page would not be found without it.
    """
    bare, mark, fragment = url.partition("#")
    address, question, query = bare.partition("?")
    if question:
        kept = [p for p in query.split("&") if not _is_tracking(p, address)]
        bare = f"{address}?{'&'.join(kept)}" if any(kept) or not query else address
    return bare + mark + fragment if fragment.startswith(("!", "/")) else bare


def direct(url: str) -> str:
    """The address that `url` stands for, if it says so itself; else `url`.

    Links of Google News (while they carried the address; those since 2024 don't) and of Google Alerts.
    """
    parts = _split(url)
    if not parts or not _is_google(parts.hostname or ""):
        return url
    if parts.hostname == "news.google.com":
        return _of_google_news(parts.path) or url
    if parts.path == "/url":
        found = re.search(r"(?:^|&)(?:url|q)=([^&]*)", parts.query)
        target = _utf8(unquote_to_bytes(found[1])) if found else ""
        return target if is_fetchable(target) else url
    return url


def unquoted(text: str) -> str:
    """A part of an address as people read it: %D0%B2 is в."""
    return unquote_to_bytes(text).decode("utf-8", "replace")


def canonical(url: str) -> str:
    """The key under which all addresses of one page are the same text. Idempotent; not meant to be fetched.

    http and https, www. and mobile hosts, AMP variants and caches, tracking parameters, the order of parameters, default
    ports, fragments, trailing slashes, the ways to write a character are one. All that may choose a page is kept (?id=1).
    """
    plain = _PLAIN.fullmatch(url)
    if plain and "/." not in url and not _SPECIAL.search(url):
        return f"https://{_bare_host(plain[1])}{plain[2]}"
    return _canonical(url)


def page_key(url: str) -> int:
    """64 bits of the canonical address, signed, as SQLite stores integers."""
    return key_of(canonical(url))


def key_of(text: str) -> int:
    """64 bits that stand for a text (blake2b), signed, as SQLite stores integers."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@lru_cache(maxsize=512)  # an address is asked for its key several times while its entry is read
def _canonical(url: str) -> str:
    url = direct(_DOUBLED.sub("", _NOISE.sub("", url.strip(_EDGES))))
    parts = _split(_without_amp_cache(url))
    if parts is None or parts.scheme not in _PORTS or not parts.hostname:
        return url
    name = _bare_host(_ascii_host(parts.hostname) or parts.hostname)
    name = f"[{name}]" if ":" in name else name
    port = f":{parts.port}" if parts.port not in (None, *_PORTS.values()) else ""
    path, query = _canonical_path(parts.path), _canonical_query(parts.query, url)
    if name == "news.google.com" and (article := re.search(r"/(?:articles|read)/([^/]+)", path)):
        path, query = f"/articles/{article[1]}", ""
    route = f"#{_canonical_text(parts.fragment)}" if parts.fragment.startswith(("!", "/")) else ""
    whole = f"https://{name}{port}{path}{query}{route}"
    # what was left out at the end may have stood behind a blank or a control character, which counts for nothing there
    return whole if whole == whole.rstrip(_EDGES) else _canonical(whole)


@lru_cache(maxsize=256)
def _bare_host(name: str) -> str:
    """Without what only says for which device it is: www., m., amp., and the m of en.m.wikipedia.org."""
    if name.replace(".", "").isdigit():
        return name
    while found := _PREFIX.match(name):
        name = name[found.end() :]
    return re.sub(r"^([^.]+)\.m\.(?=[^.]+\.)", r"\1.", name)


def _canonical_path(path: str) -> str:
    path = _canonical_text(path)
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            segments = segments[:-1]
        elif segment not in ("", "."):
            segments.append(re.sub(r"(?i);jsessionid=.*", "", segment))
    if len(segments) > 1 and segments[-1].lower() == "amp":
        segments.pop()
    if len(segments) > 1 and segments[0].lower() == "amp":
        segments.pop(0)
    if segments:
        segments[-1] = re.sub(r"(?i)(?<=.)\.amp(?=\.html?$|$)", "", segments[-1])
    return "/" + "/".join(segments)


def _canonical_query(query: str, url: str) -> str:
    kept = [p for p in query.split("&") if p and not _AMP.fullmatch(p) and not _is_tracking(p, url)]
    kept = sorted((_canonical_text(p.replace("+", "%20")) for p in kept), key=lambda p: p.partition("=")[0])
    return f"?{'&'.join(kept)}" if kept else ""


def _canonical_text(text: str) -> str:
    """Every character in one way: unreserved ones bare, all others percent-encoded UTF-8 in capitals (RFC 3986, 6.2.2),
    also a % that begins no escape: it could else begin one with what is unescaped behind it."""
    text = _BARE.sub("%25", text)
    text = _ESCAPES.sub(lambda m: _escaped(unquote_to_bytes(m[0]), _UNRESERVED), text)
    return text if text.isascii() and " " not in text else _escaped(text.encode("utf-8", "surrogatepass"), _KEPT)


def _escaped(raw: bytes, kept: frozenset[int]) -> str:
    return "".join(chr(b) if b in kept else f"%{b:02X}" for b in raw)


def _is_tracking(parameter: str, url: str) -> bool:
    name, _, value = parameter.partition("=")
    if _TRACKING.fullmatch(name):
        return True
    return bool(_ORIGIN.fullmatch(name)) and (bool(_ORIGINS.fullmatch(value)) or _names_site(value, url))


def _names_site(value: str, url: str) -> bool:
    """Whether a value is the host of the very page (?ref=example.com)."""
    return "." in value and _bare_host(value.lower()) == _bare_host(host(url))


def _without_amp_cache(url: str) -> str:
    """The page behind the AMP caches: x.cdn.ampproject.org/c/s/host/path, google.com/amp/s/host/path."""
    found = re.match(
        r"(?i)https?://(?:[\w-]+\.cdn\.ampproject\.org/(?:[a-z]/)?|(?:www\.)?google\.[a-z.]{2,6}/amp/)(s/)?(.+)", url
    )
    if not found or "." not in found[2].partition("/")[0]:
        return url
    return f"http{'s' if found[1] else ''}://{found[2]}"


def _is_google(name: str) -> bool:
    return bool(re.fullmatch(r"(?:(?:www|news)\.)?google\.(?:[a-z]{2,3}|com?\.[a-z]{2})", name))


def _of_google_news(path: str) -> str | None:
    """The address inside the id of a Google News link: base64 of a protocol buffer with the address in field 4."""
    found = re.search(r"/articles/([\w-]{20,})", path, re.ASCII)
    if not found:
        return None
    try:
        raw = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
    except (binascii.Error, ValueError):
        return None
    begin = raw.find(b"http")
    length = _varint_before(raw, begin)
    target = _utf8(raw[begin : begin + length]) if 0 < begin <= len(raw) - length else ""
    return target if is_fetchable(target) else None


def _varint_before(raw: bytes, end: int) -> int:
    """The length that stands in front of a text: one or two groups of 7 bits, the last one without its high bit."""
    if end >= 2 and raw[end - 2] & 0x80 and raw[end - 1] < 0x80:
        return (raw[end - 1] << 7) | (raw[end - 2] & 0x7F)
    return raw[end - 1] if end >= 1 else 0


def _utf8(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for what is no port
    except ValueError:
        return None
    return parts


@lru_cache(maxsize=256)
def _ascii_host(name: str) -> str:
    """A host name in ASCII (UTS 46, as browsers do it); empty if it is no host name."""
    name = name.rstrip(".").lower()
    if not name.isascii():
        import idna  # 1 MB of tables, and few hosts need it

        try:
            name = idna.encode(name, uts46=True).decode("ascii").rstrip(".")  # what follows it may count for nothing
        except (idna.IDNAError, ValueError):
            return ""
    return "" if len(name) > 253 or _BAD_HOST.search(name) else name
