"""Fixtures every test may use."""

from __future__ import annotations

import os
import re
import socket
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


def _staged_folder() -> Path | None:
    named = os.environ.get("THROUGHFLOW_TEST_DATA")
    candidates = [Path(named)] if named else []
    candidates.append(Path(__file__).resolve().parents[2] / "shared" / "data")
    return next((folder for folder in candidates if (folder / "trade").is_dir()), None)


@pytest.fixture(scope="session")
def staged() -> Path:
    """Folder of publishers' original files; the tests that need it skip where it is absent."""
    folder = _staged_folder()
    if folder is None:
        if os.environ.get("THROUGHFLOW_TEST_DATA"):
            pytest.fail("THROUGHFLOW_TEST_DATA is set but holds no trade/ folder")
        pytest.skip("the publishers' files are not here; set THROUGHFLOW_TEST_DATA to their folder")
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where the publishers' files must be present, a skipped data test is a failure."""
    report = yield
    required = os.environ.get("THROUGHFLOW_REQUIRE_DATA") == "1"
    if (
        required
        and report.skipped
        and not hasattr(report, "wasxfail")
        and item.get_closest_marker("data")
    ):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped although its data must be present"
    return report


class Publisher:
    """A server on this machine that answers as told, rightly or wrongly.

    `answer(path, *steps)` lists what to do at a path, request by request; the last step repeats.
    A step is a function of the request's handler.
    """

    def __init__(self):
        self.asked = []
        self._steps = {}
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                publisher.asked.append((self.path, dict(self.headers.items())))
                path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
                steps = publisher._steps.get(path)
                if not steps:
                    return publisher.status(404)(self)
                step = steps.pop(0) if len(steps) > 1 else steps[0]
                return step(self)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                """A client that goes away is part of the test."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path, *steps):
        self._steps[path] = list(steps)

    def headers(self, number=-1):
        return {name.lower(): value for name, value in self.asked[number][1].items()}

    @staticmethod
    def status(code, body=b"", **headers):
        """Answer with a status; header names are written with underscores."""

        def step(handler):
            handler.send_response(code)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            if code not in {204, 304} and "Content_Length" not in headers:
                handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            if code not in {204, 304}:
                handler.wfile.write(body)

        return step

    @classmethod
    def file(cls, body, *, etag="", modified="", ranges=True, **headers):
        """Answer as a good file server does: ranges, conditions, validators."""
        marks = ({"ETag": etag} if etag else {}) | ({"Last_Modified": modified} if modified else {})

        def step(handler):
            asked = handler.headers
            seen, since = asked.get("If-None-Match"), asked.get("If-Modified-Since")
            if (etag and seen == etag) or (modified and since == modified):
                return cls.status(304, **marks)(handler)
            begin = re.match(r"bytes=(\d+)-$", asked.get("Range", ""))
            same = asked.get("If-Range") in {etag or None, modified or None, None}
            if ranges and begin and same:
                first = int(begin[1])
                if first >= len(body):
                    return cls.status(416, Content_Range=f"bytes */{len(body)}")(handler)
                part = f"bytes {first}-{len(body) - 1}/{len(body)}"
                return cls.status(206, body[first:], Content_Range=part, **marks)(handler)
            return cls.status(200, body, **marks, **headers)(handler)

        return step

    @staticmethod
    def broken(body, after, *, etag="", modified="", **headers):
        """Announce the whole file and hang up after some bytes."""

        def step(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(body)))
            for name, value in ({"ETag": etag, "Last-Modified": modified} | headers).items():
                if value:
                    handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(body[:after])
            handler.wfile.flush()
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True

        return step

    @staticmethod
    def stalled(body, after, seconds, *, etag=""):
        """Announce the whole file and fall silent after some bytes."""

        def step(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(body)))
            if etag:
                handler.send_header("ETag", etag)
            handler.end_headers()
            handler.wfile.write(body[:after])
            handler.wfile.flush()
            threading.Event().wait(seconds)
            handler.close_connection = True

        return step


@pytest.fixture
def publisher():
    """A misbehaving publisher on this machine."""
    server = Publisher()
    yield server
    server.close()
