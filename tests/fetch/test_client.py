"""One request: what is sent, what comes back, and what can go wrong with it."""

import asyncio
import gzip
import resource
import time
import zlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext, create_default_context
from typing import Any

import pytest

from monitor.core.errors import FetchError, FetchFault
from monitor.core.model import Fetched, Redirect, Validators
from monitor.core.settings import FetchSettings
from monitor.fetch import guard
from monitor.fetch.client import MAX_FIELD, ROBOTS_SIZE, Client, Purpose, user_agent
from monitor.fetch.guard import Lookup
from support.clients import client_for
from support.server import Answer, Reply, Request, Server, loopback, redirect

FEED = b"<rss version='2.0'><channel><title>News</title></channel></rss>" * 20
SHORTLY = timedelta(seconds=0.3)
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def fetch(
    answer: Answer, *, purpose: Purpose = Purpose.FEED, validators: Validators | None = None, **settings: Any
) -> Fetched:
    """What the client makes of a server that answers so."""

    async def run() -> Fetched:
        async with Server() as server:
            url = server.on("/feed", answer)
            return await client_for(server, **settings).get(url, purpose=purpose, validators=validators)

    return asyncio.run(run())


def failure(answer: Answer, **settings: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(answer, **settings)
    return caught.value


def run(scene: Callable[[Server], Awaitable[None]], hosts: int = 1) -> None:
    """Play a scene with a server."""

    async def play() -> None:
        async with Server(hosts) as server:
            await scene(server)

    asyncio.run(play())


# What is sent


def test_a_document_comes_as_it_is() -> None:
    answer = fetch(Reply(body=FEED, headers={"ETag": '"1"', "Content-Type": "text/xml"}), now=lambda: NOW)
    assert (answer.status, answer.body, answer.redirects, answer.at) == (200, FEED, (), NOW)
    assert answer.final_url == answer.url
    assert answer.headers["content-type"] == "text/xml"
    assert 0 < answer.seconds < 10


def test_what_a_server_sees_of_us() -> None:
    async def scene(server: Server) -> None:
        client = client_for(server, contact="mailto:desk@example.org")
        server.on("/feed", Reply(headers={"Set-Cookie": "sid=1"}))
        for _ in range(2):
            await client.get(server.url("/feed?a=b#c"), purpose=Purpose.FEED)
        first, second = server.requests
        assert first.target == "/feed?a=b"
        assert [name for name, _ in first.fields] == [
            b"Host",
            b"User-Agent",
            b"Connection",
            b"Accept",
            b"Accept-Encoding",
        ]
        assert first.headers["host"] == f"{server.hosts[0]}:{server.port}"
        assert first.headers["user-agent"] == "Monitor/0.1.0 (+mailto:desk@example.org)"
        assert first.headers["accept-encoding"] == "gzip"
        assert first.headers["connection"] == "close"
        assert second.fields == first.fields  # no cookie, no referer

    run(scene)


@pytest.mark.parametrize(
    ("contact", "agent"),
    [("", b"Monitor/0.1.0"), ("https://é.org/\r\nX: (y)", b"Monitor/0.1.0 (+https://.org/X: y)")],
)
def test_the_agent_without_a_contact_or_with_an_odd_one(contact: str, agent: bytes) -> None:
    assert user_agent(contact) == agent


def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetch(Reply(body=FEED)).body == FEED


# Validators


@pytest.mark.parametrize(
    ("etag", "modified"),
    [
        (b'W/"a b;c,d"', b"Sun, 6 Nov 2022 8:49:37 +0000"),
        (b"no quotes", b"yesterday"),
        (b'"\xe9\xff"', b"Sun, 06 Nov 1994 08:49:37 GMT"),
        (b"", b""),
    ],
)
def test_validators_go_back_byte_for_byte(etag: bytes, modified: bytes) -> None:
    raw = b"HTTP/1.1 200 OK\r\netag: " + etag + b"\r\nLAST-MODIFIED: " + modified + b"\r\nContent-Length: 1\r\n\r\nx"

    async def scene(server: Server) -> None:
        client = client_for(server)
        first = await client.get(server.on("/feed", Reply(raw=raw)), purpose=Purpose.FEED)
        server.on("/feed", Reply(status=304))
        second = await client.get(server.url("/feed"), purpose=Purpose.FEED, validators=first.validators)
        assert (second.status, second.body) == (304, b"")
        sent = dict(server.requests[1].fields)
        assert (sent[b"If-None-Match"], sent[b"If-Modified-Since"]) == (etag, modified)

    run(scene)


def test_validators_that_are_not_there_are_not_sent() -> None:
    async def scene(server: Server) -> None:
        server.on("/feed", Reply())
        await client_for(server).get(server.url("/feed"), purpose=Purpose.FEED, validators=Validators(etag='"1"'))
        assert server.requests[0].headers["if-none-match"] == '"1"'
        assert "if-modified-since" not in server.requests[0].headers

    run(scene)


def test_validators_go_only_to_the_address_that_gave_them() -> None:
    async def scene(server: Server) -> None:
        one, two = server.hosts
        server.on("/feed", redirect(server.url("/new", two)), one)
        server.on("/new", Reply(headers={"ETag": '"new"'}), two)
        client = client_for(server)
        first = await client.get(server.url("/feed", one), purpose=Purpose.FEED, validators=Validators(etag='"old"'))
        assert first.validators == Validators(etag='"new"', url=server.url("/new", two))
        await client.get(server.url("/feed", one), purpose=Purpose.FEED, validators=first.validators)
        assert [r.headers.get("if-none-match") for r in server.requests] == ['"old"', None, None, '"new"']

    run(scene, hosts=2)


def test_validators_know_their_address_as_it_was_given() -> None:
    async def scene(server: Server) -> None:
        server.on("/%C3%A9", Reply(headers={"ETag": '"1"'}))
        client = client_for(server)
        url = server.url("/é").replace("http:", "HTTP:") + "#news"
        first = await client.get(url, purpose=Purpose.FEED)
        for origin in (first.final_url, server.url("/%C3%A9"), server.url("/other")):
            await client.get(url, purpose=Purpose.FEED, validators=Validators(etag='"1"', url=origin))
        assert [r.headers.get("if-none-match") for r in server.requests] == [None, '"1"', '"1"', None]

    run(scene)


def test_a_304_that_nobody_asked_for_is_an_error() -> None:
    error = failure(Reply(status=304))
    assert (error.fault, error.status) == (FetchFault.STATUS, 304)


def test_a_header_field_of_any_length_is_not_kept() -> None:
    answer = fetch(Reply(body=FEED, headers={"ETag": "x" * 60_000, "Link": "<" * 30_000, "X-Long": "y" * MAX_FIELD}))
    assert answer.body == FEED
    assert answer.validators == Validators()
    assert len(answer.headers["x-long"]) == MAX_FIELD


def test_of_a_field_that_comes_twice_the_first_counts_unless_it_is_a_list() -> None:
    fields = [("ETag", '"1"'), ("ETag", '"2"'), ("Cache-Control", "public"), ("Cache-Control", "max-age=60")]
    headers = fetch(Reply(headers=fields)).headers
    assert headers["etag"] == '"1"'
    assert headers["cache-control"] == "public, max-age=60"


# Redirects


def test_redirects_are_followed_and_told() -> None:
    async def scene(server: Server) -> None:
        one, two = server.hosts
        server.on("/a", redirect("/b?x=1#there", 301), one)
        server.on("/b", redirect(server.url("/c/d", two), 307), one)
        server.on("/c/d", redirect("../é ü".encode().decode("latin-1"), 308), two)
        server.on("/%C3%A9%20%C3%BC", Reply(body=FEED), two)
        answer = await client_for(server).get(server.url("/a", one), purpose=Purpose.FEED)
        end = server.url("/%C3%A9%20%C3%BC", two)
        assert (answer.url, answer.final_url, answer.body) == (server.url("/a", one), end, FEED)
        assert answer.redirects == (
            Redirect(status=301, url=server.url("/b?x=1", one)),
            Redirect(status=307, url=server.url("/c/d", two)),
            Redirect(status=308, url=end),
        )
        assert [(r.host, r.target) for r in server.requests][1] == (one, "/b?x=1")

    run(scene, hosts=2)


def test_nothing_travels_to_where_a_redirect_leads() -> None:
    async def scene(server: Server) -> None:
        one, two = server.hosts
        headers = {
            "Location": server.url("/new", two),
            "Set-Cookie": "sid=1; Domain=.0.0.1",
            "Authorization": "Bearer x",
        }
        server.on("/feed", Reply(status=302, headers=headers | {"ETag": '"hop"', "Refresh": "0; url=/x"}), one)
        server.on("/new", Reply(body=FEED), two)
        known = Validators(etag='"mine"', last_modified="yesterday", url=server.url("/feed", one))
        client = client_for(server)
        await client.get(server.url("/feed", one), purpose=Purpose.FEED, validators=known)
        asked, followed = server.requests
        assert (asked.headers["if-none-match"], asked.headers["if-modified-since"]) == ('"mine"', "yesterday")
        names = [name for name, _ in followed.fields]
        assert names == [b"Host", b"User-Agent", b"Connection", b"Accept", b"Accept-Encoding"]
        assert followed.headers["host"] == f"{two}:{server.port}"

    run(scene, hosts=2)


def test_a_location_in_no_charset_is_read_as_it_can_be() -> None:
    async def scene(server: Server) -> None:
        server.on("/feed", redirect("/\xff"))
        server.on("/%C3%BF", Reply(body=FEED))
        assert (await client_for(server).get(server.url("/feed"), purpose=Purpose.FEED)).body == FEED

    run(scene)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_kind_of_redirect_is_followed(status: int) -> None:
    async def scene(server: Server) -> None:
        server.on("/feed", redirect("/new", status))
        server.on("/new", Reply(body=FEED))
        answer = await client_for(server).get(server.url("/feed"), purpose=Purpose.FEED)
        assert answer.redirects == (Redirect(status=status, url=server.url("/new")),)

    run(scene)


def test_five_redirects_are_followed_and_not_six() -> None:
    async def scene(server: Server) -> None:
        for number in range(6):
            server.on(f"/{number}", redirect(f"/{number + 1}"))
        server.on("/6", Reply(body=FEED))
        client = client_for(server)
        assert len((await client.get(server.url("/1"), purpose=Purpose.FEED)).redirects) == 5
        with pytest.raises(FetchError, match="more than 5 times") as caught:
            await client.get(server.url("/0"), purpose=Purpose.FEED)
        assert (caught.value.fault, caught.value.status) == (FetchFault.REDIRECT, 302)

    run(scene)


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("/feed", "in a circle"),
        ("/feed#other", "in a circle"),
        ("", "not told where to"),
        ("file:///etc/hostname", "only http and https"),
        ("ftp://example.org/", "only http and https"),
        ("http://user:secret@example.org/", "user name or password"),
        ("http://example.org\\@127.0.0.1/", "no host"),
        ("http://[::1", "Invalid IPv6 URL"),
        ("http://127.0.0.1:25/", "port 25"),
        ("http://127.0.0.1/", "not public"),
        ("http://2130706433/", "not public"),
        ("http://[::ffff:127.0.0.1]/", "not public"),
        ("http://169.254.169.254/latest/meta-data/", "not public"),
        ("//127.0.0.1/", "not public"),
    ],
)
def test_where_redirects_may_not_lead(location: str, message: str) -> None:
    async def decimal(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    error = failure(redirect(location), lookup=decimal)
    assert error.fault is FetchFault.REDIRECT
    assert message in str(error)
    assert "secret" not in str(error)


def test_a_loop_of_two_is_seen() -> None:
    async def scene(server: Server) -> None:
        server.on("/a", redirect("/b"))
        server.on("/b", redirect("/a"))
        with pytest.raises(FetchError, match="in a circle"):
            await client_for(server).get(server.url("/a"), purpose=Purpose.FEED)
        assert len(server.requests) == 2

    run(scene)


def test_each_hop_is_vetted_by_who_wants_to() -> None:
    async def scene(server: Server) -> None:
        vetted = []

        async def vet(url: str) -> None:
            vetted.append(url)
            if url.endswith("/private"):
                raise FetchError(FetchFault.ROBOTS, "no")

        server.on("/page", redirect("/private"))
        with pytest.raises(FetchError, match="no"):
            await client_for(server).get(server.url("/page"), purpose=Purpose.PAGE, vet=vet)
        assert vetted == [server.url("/page"), server.url("/private")]
        assert len(server.requests) == 1

    run(scene)


# Names


def test_a_name_that_changes_its_meaning_is_caught_at_the_second_look() -> None:
    async def scene(server: Server) -> None:
        looks = []

        async def rebinding(host: str, port: int) -> Sequence[str]:
            looks.append(host)
            return [server.hosts[0]] if len(looks) == 1 else ["127.0.0.1"]

        server.on("/feed", Reply(body=FEED))
        client = client_for(server, lookup=rebinding)
        url = f"http://rebind.example:{server.port}/feed"
        assert (await client.get(url, purpose=Purpose.FEED)).body == FEED
        assert server.requests[0].headers["host"] == f"rebind.example:{server.port}"
        assert looks == ["rebind.example"]  # once for a connection: what was vetted is what was connected to
        with pytest.raises(FetchError) as caught:
            await client.get(url, purpose=Purpose.FEED)
        assert caught.value.fault is FetchFault.REFUSED
        assert len(server.requests) == 1

    run(scene)


def test_the_next_address_of_a_host_is_tried() -> None:
    async def scene(server: Server) -> None:
        two = server.hosts[1]

        async def lookup(host: str, port: int) -> Sequence[str]:
            return ["127.0.0.9", two]

        server.on("/feed", Reply(body=FEED))
        client = client_for(server, lookup=lookup, allow_networks=(ip_network("127.0.0.0/8"),))
        await client.get(f"http://example.org:{server.port}/feed", purpose=Purpose.FEED)
        assert [r.host for r in server.requests] == [two]

    run(scene, hosts=2)


def test_a_host_without_an_address() -> None:
    with pytest.raises(FetchError) as caught:
        asyncio.run(Client(FetchSettings(), lookup=_nothing).get("http://nowhere.example/", purpose=Purpose.FEED))
    assert caught.value.fault is FetchFault.DNS


async def _nothing(host: str, port: int) -> list[str]:
    return []


def test_nobody_listens() -> None:
    async def scene(server: Server) -> None:
        url = server.url("/feed").replace(server.hosts[0], server.hosts[1])
        server.close(server.hosts[1])
        with pytest.raises(FetchError, match="refused") as caught:
            await client_for(server).get(url, purpose=Purpose.FEED)
        assert caught.value.fault is FetchFault.CONNECT

    run(scene, hosts=2)


# What comes back, packed


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(FEED, mtime=0)),
        ("GZIP", gzip.compress(FEED, mtime=0)),
        ("x-gzip", gzip.compress(FEED, mtime=0)),
        ("gzip, identity", gzip.compress(FEED, mtime=0)),
        ("gzip", gzip.compress(FEED[:1000], mtime=0) + gzip.compress(FEED[1000:], mtime=0)),
        ("gzip", gzip.compress(FEED, mtime=0) + b"\0" * 512),
        ("deflate", zlib.compress(FEED)),
        ("deflate", zlib.compress(FEED, wbits=-15)),
        ("identity", FEED),
        ("", FEED),
    ],
)
@pytest.mark.parametrize("pace", [0, 1e-9])
def test_packed_answers(coding: str, body: bytes, pace: float) -> None:
    assert fetch(Reply(body=body, headers={"Content-Encoding": coding}, pace=pace)).body == FEED


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(FEED, mtime=0)[:-9]),
        ("gzip", gzip.compress(FEED, mtime=0)[: len(gzip.compress(FEED, mtime=0)) // 2]),
        ("gzip", gzip.compress(FEED, mtime=0) + gzip.compress(FEED, mtime=0)[:20]),
        ("gzip", FEED),
        ("deflate", zlib.compress(FEED)[:-6]),
        ("deflate", b"x"),
        ("gzip, gzip", gzip.compress(gzip.compress(FEED), mtime=0)),
        ("br", FEED),
        ("zstd", FEED),
        ("deflate, gzip", FEED),
    ],
)
def test_what_cannot_be_unpacked_is_no_document(coding: str, body: bytes) -> None:
    assert failure(Reply(body=body, headers={"Content-Encoding": coding})).fault is FetchFault.PROTOCOL


def test_an_empty_answer_that_claims_to_be_packed_is_empty() -> None:
    assert fetch(Reply(headers={"Content-Encoding": "gzip"})).body == b""


def bomb() -> bytes:
    """100 MiB of blanks in 100 kB, made without ever holding them."""
    packer = zlib.compressobj(wbits=31)
    return b"".join(packer.compress(b" " * 2**20) for _ in range(100)) + packer.flush()


def test_a_bomb_does_not_go_off() -> None:
    packed = bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    error = failure(Reply(body=packed, headers={"Content-Encoding": "gzip"}), max_body=10 * 2**20)
    assert error.fault is FetchFault.TOO_BIG
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 40 * 2**20


@pytest.mark.parametrize("status", [302, 404])
def test_what_errors_and_redirects_carry_is_not_even_read(status: int) -> None:
    headers = {"Content-Encoding": "gzip", "Location": "/feed"}
    assert (
        failure(Reply(status=status, body=b"\x1f\x8b never a gzip" * 5000, headers=headers, endless=True)).status
        == status
    )


def test_members_that_hold_nothing_are_counted_as_they_come() -> None:
    body = gzip.compress(b"", mtime=0) * 1000
    error = failure(Reply(body=body, headers={"Content-Encoding": "gzip"}, endless=True), max_body=100_000)
    assert error.fault is FetchFault.TOO_BIG


@pytest.mark.parametrize("size", [999, 1000, 1001])
@pytest.mark.parametrize("packed", [False, True])
def test_the_cap_is_exact(size: int, packed: bool) -> None:
    body = b" " * size
    reply = (
        Reply(body=gzip.compress(body, mtime=0), headers={"Content-Encoding": "gzip"}) if packed else Reply(body=body)
    )
    if size <= 1000:
        assert fetch(reply, max_body=1000).body == body
    else:
        assert failure(reply, max_body=1000).fault is FetchFault.TOO_BIG


def test_an_endless_answer_ends() -> None:
    assert failure(Reply(body=FEED, endless=True), max_body=2**20).fault is FetchFault.TOO_BIG


def test_an_endless_robots_txt_is_cut() -> None:
    assert len(fetch(Reply(body=b"#" * 1000, endless=True), purpose=Purpose.ROBOTS).body) == ROBOTS_SIZE


# What comes back, broken


@pytest.mark.parametrize(
    "reply",
    [
        Reply(raw=b""),
        Reply(raw=b"SSH-2.0-OpenSSH_9.2\r\n"),
        Reply(raw=b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"),
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"),
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nshort"),
        Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n"),
        Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        Reply(raw=b"HTTP/1.1 200 OK\r\nX: " + b"y" * 400_000),
        Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 100_000 + b"\r\n"),
        Reply(body=FEED, cut=0),
        Reply(body=FEED, cut=1000),
    ],
)
def test_what_is_not_http_or_breaks_off(reply: Reply) -> None:
    assert failure(reply).fault is FetchFault.PROTOCOL


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\nwhole",
        b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole",
    ],
)
def test_other_ways_to_send_the_whole(raw: bytes) -> None:
    assert fetch(Reply(raw=raw)).body == b"whole"


@pytest.mark.parametrize("status", [204, 206, 226, 300, 304, 400, 401, 403, 404, 410, 451, 500, 502, 503, 520, 599])
def test_other_statuses_are_errors(status: int) -> None:
    error = failure(Reply(status=status))
    assert (error.fault, error.status, error.retry_at) == (FetchFault.STATUS, status, None)


# Deadlines


@pytest.mark.parametrize(
    "answer",
    [
        Reply(hang=True),
        Reply(body=FEED, pace=0.02),
    ],
)
def test_one_deadline_ends_it_all(answer: Reply) -> None:
    began = time.monotonic()
    error = failure(answer, timeout=SHORTLY)
    assert error.fault is FetchFault.TIMEOUT
    assert time.monotonic() - began < 3


def test_the_deadline_is_for_all_hops_together() -> None:
    async def scene(server: Server) -> None:
        async def later(request: Request) -> Reply:
            await asyncio.sleep(0.12)
            return redirect(f"{request.target}x")

        for number in range(6):
            server.on("/" + "x" * number, later)
        with pytest.raises(FetchError) as caught:
            await client_for(server, timeout=SHORTLY).get(server.url("/"), purpose=Purpose.FEED)
        assert caught.value.fault is FetchFault.TIMEOUT
        assert len(server.requests) == 3

    run(scene)


def test_a_request_that_is_cancelled_is_gone() -> None:
    async def scene(server: Server) -> None:
        client = client_for(server, concurrency=1)
        task = asyncio.create_task(client.get(server.on("/feed", Reply(hang=True)), purpose=Purpose.FEED))
        await server.arrived(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        server.on("/feed", Reply(body=FEED))
        assert (await client.get(server.url("/feed"), purpose=Purpose.FEED)).body == FEED

    run(scene)


# TLS


async def _over_tls(certificate: Path, host: str, trusted: SSLContext | None) -> tuple[Fetched, list[Request]]:
    tls = SSLContext(PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    async with Server(tls=tls) as server:

        async def lookup(name: str, port: int) -> Sequence[str]:
            return server.hosts

        server.on("/feed", Reply(body=FEED))
        server.on("/down", redirect(f"http://news.example:{server.port}/feed"))
        path = "/down" if host == "down" else "/feed"
        name = "news.example" if host == "down" else host
        client = client_for(server, lookup=lookup, tls=trusted)
        return await client.get(f"https://{name}:{server.port}{path}", purpose=Purpose.FEED), server.requests


def test_a_certificate_that_nobody_signed_is_refused(certificate: Path) -> None:
    with pytest.raises(FetchError, match="self-signed certificate") as caught:
        asyncio.run(_over_tls(certificate, "news.example", None))
    assert caught.value.fault is FetchFault.TLS


def test_a_certificate_that_is_trusted_is_checked_against_the_name(certificate: Path) -> None:
    trusted = create_default_context(cafile=str(certificate))
    answer, requests = asyncio.run(_over_tls(certificate, "news.example.", trusted))
    assert answer.body == FEED
    assert requests[0].headers["host"].startswith("news.example.:")
    with pytest.raises(FetchError, match=r"other\.example") as caught:
        asyncio.run(_over_tls(certificate, "other.example", trusted))
    assert caught.value.fault is FetchFault.TLS


def test_a_redirect_does_not_lead_out_of_tls(certificate: Path) -> None:
    with pytest.raises(FetchError, match="from https to http") as caught:
        asyncio.run(_over_tls(certificate, "down", create_default_context(cafile=str(certificate))))
    assert caught.value.fault is FetchFault.REDIRECT


def test_a_server_that_speaks_no_tls() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def play() -> None:
        host = loopback()
        server = await asyncio.start_server(greet, host)
        port = server.sockets[0].getsockname()[1]
        client = client_for(allow_networks=(ip_network(host),))
        with pytest.raises(FetchError, match="no safe connection") as caught:
            await client.get(f"https://{host}:{port}/feed", purpose=Purpose.FEED)
        assert caught.value.fault is FetchFault.TLS
        server.close()

    asyncio.run(play())


# Being told to wait


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_asks_for_quiet_gets_it(status: int) -> None:
    async def scene(server: Server) -> None:
        busy, other = server.hosts
        server.on("/feed", Reply(status=status, headers={"Retry-After": "14"}), busy)
        server.on("/feed", Reply(body=FEED), other)
        server.on("/page", Reply(), busy)
        client = client_for(server, now=lambda: NOW)
        with pytest.raises(FetchError) as caught:
            await client.get(server.url("/feed", busy), purpose=Purpose.FEED)
        assert (caught.value.fault, caught.value.status) == (FetchFault.STATUS, status)
        assert caught.value.retry_at == NOW + timedelta(seconds=14)
        with pytest.raises(FetchError) as caught:
            await client.get(server.url("/page", busy), purpose=Purpose.PAGE)
        assert caught.value.fault is FetchFault.PAUSED
        assert caught.value.retry_at is not None
        assert abs(caught.value.retry_at - NOW - timedelta(seconds=14)) < timedelta(seconds=5)
        assert len(server.requests) == 1
        assert (await client.get(server.url("/feed", other), purpose=Purpose.FEED)).body == FEED

    run(scene, hosts=2)


def test_a_date_may_say_when() -> None:
    error = failure(Reply(status=503, headers={"Retry-After": "Sun, 22 Nov 2026 08:00:14 GMT"}), now=lambda: NOW)
    assert error.retry_at == NOW + timedelta(seconds=14)


@pytest.mark.parametrize(("status", "paused"), [(429, True), (503, False), (404, False)])
def test_without_a_time_only_too_many_requests_pauses(status: int, paused: bool) -> None:
    async def scene(server: Server) -> None:
        client = client_for(server)
        faults = []
        for _ in range(2):
            with pytest.raises(FetchError) as caught:
                await client.get(server.on("/feed", Reply(status=status)), purpose=Purpose.FEED)
            faults.append(caught.value.fault)
        assert faults == [FetchFault.STATUS, FetchFault.PAUSED if paused else FetchFault.STATUS]

    run(scene)


# Posting


def test_a_message_is_posted_as_it_is() -> None:
    async def scene(server: Server) -> None:
        server.on("/hook", Reply(status=202, body="да".encode() * 400, headers={"X-Id": "7"}))
        client = client_for(server, contact="mailto:desk@example.org")
        url = server.url("/hook")
        answer = await client.post(url, b"{}", {"webhook-id": "1", "Content-Type": "application/json"}, 5)
        assert (answer.status, answer.headers["x-id"], answer.text) == (202, "7", "да" * 400)
        request = server.requests[0]
        assert (request.method, request.body, request.headers["webhook-id"]) == ("POST", b"{}", "1")
        assert request.headers["content-type"] == "application/json"
        assert request.headers["user-agent"] == "Monitor/0.1.0 (+mailto:desk@example.org)"

    run(scene)


@pytest.mark.parametrize("status", [200, 204, 301, 304, 307, 400, 410, 429, 500, 503])
def test_any_status_is_an_answer_to_a_message(status: int) -> None:
    async def scene(server: Server) -> None:
        server.on("/hook", Reply(status=status, headers={"Location": "/elsewhere", "Retry-After": "9"}))
        client = client_for(server)
        for _ in range(2):
            assert (await client.post(server.url("/hook"), b"{}", {}, 5)).status == status
        assert [r.path for r in server.requests] == ["/hook", "/hook"]

    run(scene)


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (Reply(hang=True), FetchFault.TIMEOUT),
        (Reply(raw=b""), FetchFault.PROTOCOL),
        (Reply(raw=b"hello\r\n\r\n"), FetchFault.PROTOCOL),
    ],
)
def test_a_message_without_an_answer(reply: Reply, fault: FetchFault) -> None:
    async def scene(server: Server) -> None:
        url = server.on("/hook-secret-path", reply)
        with pytest.raises(FetchError) as caught:
            await client_for(server).post(url, b"{}", {}, 0.3)
        assert caught.value.fault is fault
        assert "secret" not in str(caught.value)

    run(scene)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"thanks" * 100, pace=0.05),
        Reply(body=b"thanks" * 100, cut=6),
        Reply(body=b"thanks" * 1000, endless=True),
    ],
)
def test_what_a_receiver_says_after_its_status_changes_nothing(reply: Reply) -> None:
    async def scene(server: Server) -> None:
        answer = await client_for(server).post(server.on("/hook", reply), b"{}", {}, 0.5)
        assert answer.status == 200
        assert len(answer.text) <= 2048

    run(scene)


def test_messages_go_nowhere_inside_either() -> None:
    async def scene(server: Server) -> None:
        client = Client(FetchSettings(), lookup=_nothing)
        with pytest.raises(FetchError) as caught:
            await client.post(server.on("/hook", Reply()), b"{}", {}, 5)
        assert caught.value.fault is FetchFault.REFUSED
        assert not server.requests

    run(scene)


@pytest.mark.parametrize(
    ("status", "headers", "fault"),
    [
        (403, {"cf-mitigated": "challenge"}, FetchFault.BOT_WALL),
        (405, {"x-amzn-waf-action": "captcha"}, FetchFault.BOT_WALL),
        (403, {"X-DataDome": "protected"}, FetchFault.BOT_WALL),
        (403, {"Server": "ddos-guard"}, FetchFault.BOT_WALL),
        (502, {"Server": "ddos-guard"}, FetchFault.STATUS),
        (403, {"Server": "cloudflare"}, FetchFault.STATUS),
    ],
)
def test_a_shield_that_lets_only_browsers_in_is_told_as_one(
    status: int, headers: dict[str, str], fault: FetchFault
) -> None:
    error = failure(Reply(status=status, headers=headers))

    assert (error.fault, error.status) == (fault, status)


WALL = (
    b"<html><head><title>Just a moment...</title></head><body>Enable JavaScript and cookies to continue</body></html>"
)


@pytest.mark.parametrize(
    ("about", "fault"),
    [
        ({"status": 403, "body": WALL}, FetchFault.BOT_WALL),
        ({"status": 503, "body": gzip.compress(WALL), "headers": {"Content-Encoding": "gzip"}}, FetchFault.BOT_WALL),
        ({"status": 403, "body": WALL + b" " * 1000, "endless": True}, FetchFault.BOT_WALL),
        ({"status": 404, "body": WALL}, FetchFault.STATUS),
        ({"status": 403, "body": b"<title>403 Forbidden</title><h1>Forbidden</h1>"}, FetchFault.STATUS),
        ({"status": 403, "body": WALL, "headers": {"Content-Encoding": "br"}}, FetchFault.STATUS),  # cannot be read
    ],
)
def test_a_bot_wall_is_known_by_what_its_error_says(about: dict[str, Any], fault: FetchFault) -> None:
    error = failure(Reply(**about))

    assert (error.fault, error.status) == (fault, about["status"])
    assert str(about["status"]) in str(error)


# Other protocols


def _leads(*found: str) -> Lookup:
    async def lookup(host: str, port: int) -> Sequence[str]:
        return found

    return lookup


@pytest.mark.parametrize(
    ("host", "found", "message"),
    [
        ("mail.example", ("10.1.2.3",), "leads to 10.1.2.3, which is not public; [fetch] allow_networks opens"),
        ("mail.example", ("8.8.8.8", "10.1.2.3"), "leads to 10.1.2.3"),
        ("mail.example", ("127.0.0.1",), "leads to 127.0.0.1"),  # not this machine by its own name
        ("169.254.169.254", (), "^169.254.169.254 is not public"),
        ("mail.onion", (), "set a proxy for it"),
        ("mail.example", (), "has no address"),
    ],
)
def test_mail_servers_are_guarded_as_well(host: str, found: tuple[str, ...], message: str) -> None:
    with pytest.raises(FetchError, match=message.replace("[", r"\[")):
        asyncio.run(Client(FetchSettings(), lookup=_leads(*found)).dial(host, 25))


def test_a_mail_server_in_an_open_network_is_reached() -> None:
    async def scene(server: Server) -> None:
        for client, host in (
            (Client(FetchSettings(), lookup=_nothing), server.hosts[0]),  # this machine needs no entry
            (
                client_for(server, lookup=_leads("127.0.0.1", *server.hosts), allow_networks=guard.LOOPBACK),
                "mail.example",
            ),
        ):
            sock = await client.dial(host, server.port)
            assert sock.getpeername() == (server.hosts[0], server.port)
            sock.close()

    run(scene)
