"""Where a request may go and what may be trusted."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading

import pytest

from throughflow.errors import SourceError, UsageError
from throughflow.sources.content import Expected
from throughflow.sources.fetch import Fetcher, Memory, Patience, Request
from throughflow.sources.politeness import Rate
from throughflow.sources.transport import Secret, check_address, may_follow, registrable


@pytest.mark.parametrize(
    ("host", "owner"),
    [
        ("comtradeapi.un.org", "un.org"),
        ("ec.europa.eu", "europa.eu"),
        ("www.customs.gov.kz", "customs.gov.kz"),
        ("api.trade.gov.uk", "trade.gov.uk"),
        ("stat.gov.am", "stat.gov.am"),
        ("Un.ORG.", "un.org"),
        ("localhost", "localhost"),
    ],
)
def test_the_registered_part_of_a_name(host, owner):
    assert registrable(host) == owner


@pytest.mark.parametrize(
    ("origin", "target", "allowed"),
    [
        ("https://a.un.org/x", "https://b.un.org/y", True),
        ("https://a.un.org/x", "http://a.un.org/x", False),
        ("https://a.un.org/x", "https://un.org.evil.example/x", False),
        ("https://a.un.org/x", "https://evilun.org/x", False),
        ("https://a.un.org/x", "https://user:pass@a.un.org/x", False),
        ("https://a.un.org/x", "http://127.0.0.1/x", False),
        ("https://a.un.org/x", "https://localhost/x", False),
        ("https://a.gov.kz/x", "https://b.gov.kz/x", False),
        ("http://127.0.0.1:1/x", "http://127.0.0.1:2/y", True),
        ("http://127.0.0.1:1/x", "https://a.un.org/y", False),
        ("http://127.0.0.1:1/x", "file:///etc/passwd", False),
        ("http://[::1]:1/x", "http://[::1]:1/y", True),
    ],
)
def test_where_a_redirect_may_lead(origin, target, allowed):
    assert may_follow(origin, target) is allowed


@pytest.mark.parametrize(
    "url",
    [
        "http://comtradeapi.un.org",
        "ftp://un.org/x",
        "un.org",
        "https://",
        "https://user:secret@un.org",
        "http://10.0.0.1/x",
        "https://[::1",
        "https://un.org/data?x=1",
        "",
    ],
)
def test_addresses_that_are_not_used(url):
    with pytest.raises(UsageError) as caught:
        check_address(url)
    assert "secret" not in str(caught.value)


def test_addresses_that_are_used():
    for url in ("https://un.org/x", "http://127.0.0.1:8000", "http://localhost:1/", "http://[::1]"):
        assert check_address(url) == url


def test_a_key_is_hidden_however_it_is_written():
    secret = Secret("a/b c+d", header="K")
    written = "1 a/b c+d 2 a/b%20c%2Bd 3 a%2Fb+c%2Bd 4 a%2Fb%20c%2Bd"
    assert secret.hide(written) == "1 *** 2 *** 3 *** 4 ***"
    assert "a/b" not in f"{secret!r} {secret}"


def test_a_key_goes_to_no_other_host(publisher):
    fetcher = Fetcher(Rate(1000.0))
    request = Request(
        f"{publisher.url}/x.csv", "x", "x", Expected("csv"), secret=Secret("s3cret", header="X-Key")
    )
    # The same server under another name is another host.
    other = publisher.url.replace("127.0.0.1", "localhost")
    publisher.answer("/x.csv", publisher.status(302, Location=f"{other}/y.csv"))
    publisher.answer("/y.csv", publisher.file(b"a,b\n"))
    memory = Memory()
    assert fetcher.fetch(request, memory)
    assert bytes(memory.data) == b"a,b\n"
    assert publisher.headers(0)["x-key"] == "s3cret"
    assert "x-key" not in publisher.headers(1)


def test_a_proxy_is_asked_for_what_is_far_and_never_for_this_machine(publisher, monkeypatch):
    seen = []

    def serve(server):
        connection, _ = server.accept()
        with connection:
            seen.append(connection.recv(4096))
            connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

    publisher.answer("/x.csv", publisher.file(b"a,b\n"))
    fetcher = Fetcher(Rate(1000.0), Patience(attempts=1))
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, address)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        assert fetcher.fetch(Request(f"{publisher.url}/x.csv", "x", "x", Expected("csv")), Memory())
        waiter = threading.Thread(target=serve, args=(server,), daemon=True)
        waiter.start()
        far = Request(
            "https://stat.invalid/x?a=1",
            "x",
            "x",
            Expected("csv"),
            secret=Secret("s3cret", query="key"),
        )
        with pytest.raises(SourceError, match="no connection") as caught:
            fetcher.fetch(far, Memory())
        waiter.join(10)
    assert seen[0].startswith(b"CONNECT stat.invalid:443 ")
    assert b"s3cret" not in seen[0]
    assert "s3cret" not in str(caught.value)


def test_a_certificate_nobody_vouches_for_is_refused(publisher, tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    publisher.server.socket = context.wrap_socket(publisher.server.socket, server_side=True)
    publisher.answer("/x.csv", publisher.file(b"a,b\n"))
    url = publisher.url.replace("http:", "https:") + "/x.csv"
    with pytest.raises(SourceError, match="certificate cannot be trusted") as caught:
        Fetcher(Rate(1000.0)).fetch(Request(url, "x", "x", Expected("csv")), Memory())
    assert "no way to switch the check off" in str(caught.value)
    assert publisher.asked == []
