"""Asking for documents and posting messages, with everything that keeps this safe and polite.

One deadline and one size for each request, our own redirect loop that vets every hop, validators sent back as they came,
hosts left alone when they ask for it. Not here: when a source is polled, what is remembered of an answer, what a document
means; nor robots.txt, which `robots.py` puts in front of `get`.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.metadata import version
from urllib.parse import urljoin

import httpcore2
import httpx2

from monitor.core.articles import walls
from monitor.core.errors import FetchError, FetchFault
from monitor.core.http import retry_after
from monitor.core.model import Fetched, Redirect, Validators
from monitor.core.settings import FetchSettings
from monitor.fetch import guard
from monitor.fetch.body import Body, coding
from monitor.fetch.hosts import Host, Hosts, utc_now
from monitor.fetch.wire import wire

MAX_REDIRECTS = 5
MAX_FIELD = 8192  # characters of a header field; longer ones are left out, so that none is stored and sent back
ROBOTS_SIZE = 500 * 1024  # RFC 9309, 2.5: at least so much of a robots.txt is read
ANSWER_SIZE = 2048  # bytes of what a webhook's receiver says; its first 512 characters are kept
EXCUSE_SIZE = 32 * 1024  # bytes of an error's page, looked through for a bot wall's marks, which stand at its beginning
EXCUSE_SECONDS = 5.0
BUSY = timedelta(minutes=10)  # a host that answers 429 without saying for how long is left alone so long

_WALLED = frozenset((401, 403, 405, 406, 429, 503))  # what bot walls answer with
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_LISTS = frozenset(("cache-control", "content-encoding", "link"))  # fields that may come in several lines

_Field = tuple[bytes, bytes]
_FAILURES = (httpcore2.ProtocolError, httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProxyError, OSError)

Vet = Callable[[str], Awaitable[None]]
"""Asked before each hop with its address; raises FetchError to refuse it."""


class Purpose(StrEnum):
    """What is asked for, which decides what is preferred (Accept) and how much of it is taken."""

    FEED = "feed"
    PAGE = "page"
    SITEMAP = "sitemap"
    ROBOTS = "robots"


_ACCEPT = {
    Purpose.FEED: b"application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8",
    Purpose.PAGE: b"text/html, application/xhtml+xml, */*;q=0.8",
    Purpose.SITEMAP: b"application/xml, text/xml, */*;q=0.8",
    Purpose.ROBOTS: b"text/plain, */*;q=0.8",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What came back for one request. Header names are lower case, values as they came (one character per byte)."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class Client:
    """The one way out. `lookup` resolves names and `tls` is the one context of all connections (tests bring their own)."""

    def __init__(
        self,
        settings: FetchSettings,
        *,
        lookup: guard.Lookup | None = None,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Raises ConfigError if the settings name a proxy that cannot be used."""
        self._settings = settings
        self._now = now
        self._wire = wire(settings, lookup or guard.SystemLookup(), tls or httpcore2.default_ssl_context())
        self._agent = user_agent(settings.contact)
        self.hosts = Hosts(slots=settings.concurrency, places=settings.per_host, delay=settings.per_host_delay, now=now)

    async def get(
        self, url: str, *, purpose: Purpose, validators: Validators | None = None, vet: Vet | None = None
    ) -> Fetched:
        """Ask for a document: an answer of 200, or 304 if `validators` were given and still hold.

        Everything else raises FetchError, with the status if there is one and `retry_at` if the server said when. The
        deadline counts what is spent on requests, all hops together, not the waiting for turns.
        """
        way = _Way(url)
        while True:
            if vet is not None:
                await vet(str(way.address))
            answer = await self._hop(way, purpose, validators or Validators())
            if answer.status not in _REDIRECTS:
                break
            way.follow(answer)
        self._judge(answer, host_of(way.address), conditional=validators is not None)
        return Fetched(
            url=url,
            final_url=str(way.address) if way.redirects else url,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            at=self._now(),
            seconds=way.seconds,
            redirects=tuple(way.redirects),
        )

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:  # noqa: ASYNC109 - a deadline is part of what is asked
        """Post a message, within `timeout` seconds; whatever status comes back is an answer, and redirects are not followed.

        No host's turn is waited for: a receiver is the operator's own choice. Raises FetchError if no answer came.
        """
        address = guard.parse(url)
        fields = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
        fields += [(b"Accept-Encoding", b"identity"), (b"Content-Length", b"%d" % len(body))]
        request = self._request(b"POST", address, fields, body)
        head: Answer | None = None
        try:
            async with asyncio.timeout(timeout), self._wire.send(request, lambda: None) as response:
                head = Answer(status=response.status, headers=_fields(response.headers))
                return replace(head, body=await _read(response, Body("", ANSWER_SIZE, cut=True)))
        except _FAILURES as error:
            if head:  # it has answered; that what it says besides breaks off or never ends changes nothing
                return head
            raise _fetch_error(error, host_of(address)) from error

    async def dial(self, host: str, port: int) -> socket.socket:
        """A socket that is connected to a host of the operator's, for mail: through the same guard and the same proxy as
        all else. This machine by its own name or address needs no [fetch] allow_networks. Raises FetchError."""
        besides = guard.LOOPBACK if guard.is_this_machine(host) else ()
        return await self._wire.dial(host, port, besides)

    async def aclose(self) -> None:
        """Let go of everything. Requests that run are their callers' to cancel first."""
        await asyncio.sleep(
            0
        )  # nothing is kept open; connections that were cut off are closed in the loop's next round

    async def _hop(self, way: "_Way", purpose: Purpose, validators: Validators) -> Answer:
        """One request, in its host's turn."""
        fields = [(b"Accept", _ACCEPT[purpose]), (b"Accept-Encoding", b"gzip")]
        if way.is_at(validators.url):
            fields += _conditions(validators)  # to the one address that they are from
        request = self._request(b"GET", way.address, fields)
        async with self.hosts.turn(host_of(way.address)) as turn:
            began = time.monotonic()
            try:
                return await self._ask(request, turn, purpose, self._settings.timeout.total_seconds() - way.seconds)
            except FetchError as error:
                if error.fault is FetchFault.REFUSED and way.redirects:
                    raise FetchError(FetchFault.REDIRECT, f"redirected, but {error}") from error
                raise
            finally:
                way.seconds += time.monotonic() - began

    async def _ask(self, request: httpcore2.Request, turn: Host, purpose: Purpose, within: float) -> Answer:
        try:
            async with asyncio.timeout(within), self._wire.send(request, turn.started) as response:
                turn.started()  # once more: only now is it certain that the request has arrived, and the pause is the host's
                headers = _fields(response.headers)
                if response.status != 200:
                    said = await _excuse(response, headers) if response.status in _WALLED else b""
                    return Answer(status=response.status, headers=headers, body=said)
                cut = purpose is Purpose.ROBOTS
                size = ROBOTS_SIZE if cut else self._settings.max_body
                body = Body(coding(headers.get("content-encoding", "")), size, cut=cut)
                return Answer(status=200, headers=headers, body=await _read(response, body))
        except _FAILURES as error:
            raise _fetch_error(error, request.url.host.decode("ascii")) from error

    def _request(
        self, method: bytes, address: httpx2.URL, fields: Iterable[_Field], body: bytes | None = None
    ) -> httpcore2.Request:
        target = httpcore2.URL(
            scheme=address.raw_scheme, host=address.raw_host, port=address.port, target=address.raw_path
        )
        ours = [(b"Host", address.netloc), (b"User-Agent", self._agent), (b"Connection", b"close")]
        return httpcore2.Request(method, target, headers=[*ours, *fields], content=body)

    def _judge(self, answer: Answer, host: str, *, conditional: bool) -> None:
        """Return if the answer is what was wanted, else raise FetchError; leave the host alone if it asks for it."""
        if answer.status == 200 or (answer.status == 304 and conditional):
            return
        now = self._now()
        retry_at = retry_after(answer.headers.get("retry-after"), now)
        if answer.status in (429, 503) and retry_at:
            self.hosts.pause(host, retry_at - now)
        elif answer.status == 429:
            self.hosts.pause(host, BUSY)
        if _is_wall(answer):
            message = f"{host} answered {answer.status}, and lets only browsers in"
            raise FetchError(FetchFault.BOT_WALL, message, status=answer.status, retry_at=retry_at)
        message = f"{host} answered {answer.status}"
        raise FetchError(FetchFault.STATUS, message, status=answer.status, retry_at=retry_at)


class _Way:
    """Where a request has got to, and how."""

    def __init__(self, url: str) -> None:
        """Begin at an address. Raises FetchError (REFUSED) if it may not be asked."""
        self.address = guard.parse(url)
        self.redirects: list[Redirect] = []
        self.seconds = 0.0
        self._seen = {str(self.address)}
        self._url = url

    def is_at(self, url: str | None) -> bool:
        """True where this address is being asked, in whichever spelling; None is the first one."""
        return url == str(self.address) or (url in (None, self._url) and not self.redirects)

    def follow(self, answer: Answer) -> None:
        """Go on to where the answer says. Raises FetchError (REDIRECT): too far, in a circle, out of TLS, or nowhere."""
        if len(self.redirects) == MAX_REDIRECTS:
            raise _no_way(answer, f"redirected more than {MAX_REDIRECTS} times")
        target = self._target(answer)
        if self.address.scheme == "https" and target.scheme == "http":
            raise _no_way(answer, "redirected from https to http")
        if str(target) in self._seen:
            raise _no_way(answer, "redirected in a circle")
        self._seen.add(str(target))
        self.redirects.append(Redirect(status=answer.status, url=str(target)))
        self.address = target

    def _target(self, answer: Answer) -> httpx2.URL:
        location = answer.headers.get("location", "").strip().encode("latin-1")
        try:
            text = location.decode("utf-8")  # not allowed, and sent
        except UnicodeDecodeError:
            text = location.decode("latin-1")
        if not text:
            raise _no_way(answer, "redirected, but not told where to")
        try:
            return guard.parse(urljoin(str(self.address), text))
        except (FetchError, ValueError) as error:
            raise _no_way(answer, f"redirected, but {error}") from error


def _is_wall(answer: Answer) -> bool:
    """Whether a shield in front of the site says, in the header or on the page of an error, that it challenges who asks."""
    fields = answer.headers
    return (
        walls.behind_an_error(answer.body.decode("utf-8", "replace"))
        or fields.get("cf-mitigated") == "challenge"  # Cloudflare
        or fields.get("x-amzn-waf-action") in ("challenge", "captcha")  # AWS WAF, with 202 or 405
        or "x-datadome" in fields
        or "x-sucuri-block" in fields
        or (fields.get("server", "").lower() == "ddos-guard" and answer.status == 403)
    )


def host_of(address: httpx2.URL) -> str:
    """The host that turns and pauses are counted for: whatever the scheme and the port."""
    return address.raw_host.decode("ascii").rstrip(".")


def user_agent(contact: str) -> bytes:
    """Who we are and whom to write to; `contact` is a mailto: or https: address, or empty."""
    contact = "".join(c for c in contact if c.isascii() and c.isprintable() and c not in "()\\")
    return f"Monitor/{version('monitor')}{f' (+{contact})' if contact else ''}".encode("ascii")


def _conditions(validators: Validators) -> list[_Field]:
    fields = ((b"If-None-Match", validators.etag), (b"If-Modified-Since", validators.last_modified))
    return [(name, value.encode("latin-1")) for name, value in fields if value is not None]


def _fields(raw: Iterable[_Field]) -> dict[str, str]:
    """Header fields by name in lower case. Of a field that comes twice and is no list the first counts."""
    fields: dict[str, str] = {}
    for name, value in raw:
        if len(value) > MAX_FIELD:
            continue
        key, text = name.decode("ascii").lower(), value.decode("latin-1")
        if key in fields:
            text = f"{fields[key]}, {text}" if key in _LISTS else fields[key]
        fields[key] = text
    return fields


async def _excuse(response: httpcore2.Response, headers: Mapping[str, str]) -> bytes:
    """The beginning of what an error says; nothing if it cannot be had in a moment, since the status tells enough."""
    try:
        async with asyncio.timeout(EXCUSE_SECONDS):
            body = Body(coding(headers.get("content-encoding", "")), EXCUSE_SIZE, cut=True)
            return await _read(response, body)
    except (*_FAILURES, FetchError):
        return b""


async def _read(response: httpcore2.Response, body: Body) -> bytes:
    async with aclosing(response.aiter_stream()) as chunks:
        async for chunk in chunks:
            body.feed(chunk)
            if body.full:
                break
    return body.finish()


def _fetch_error(error: Exception, host: str) -> FetchError:
    """What a library's exception means. The message names the host and never the address, which may hold a secret."""
    for cause in (error, *error.args):  # httpcore2 hands on what it translates as the argument
        if isinstance(cause, ssl.SSLError):
            reason = getattr(cause, "verify_message", "") or cause.reason or "the connection broke off"
            return FetchError(FetchFault.TLS, f"no safe connection to {host}: {reason}")
    if isinstance(error, TimeoutError):
        return FetchError(FetchFault.TIMEOUT, f"{host} did not answer in time, or not to the end")
    if isinstance(error, (httpcore2.ConnectError, httpcore2.ProxyError)):
        return FetchError(FetchFault.CONNECT, f"no connection to {host}: {error}")
    return FetchError(FetchFault.PROTOCOL, f"{host} broke off, or answered what is not HTTP: {error}")


def _no_way(answer: Answer, message: str) -> FetchError:
    return FetchError(FetchFault.REDIRECT, message, status=answer.status)
