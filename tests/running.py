"""A portal of its own in a folder of its own, reached as everybody reaches it: by commands and by HTTP."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
_STOP_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Finished:
    """What a command left: exit code, output, seconds, and the most memory it held."""

    code: int
    out: str
    err: str
    seconds: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Running:
    """A command that was started. Output goes to a file, so that no full pipe ever stops it."""

    process: subprocess.Popen[bytes]
    out: Any
    err: Any
    started: float = field(default_factory=time.monotonic)

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait(self, timeout: float) -> Finished:
        """Waits for the end; kills what takes longer and raises TimeoutError."""
        end = time.monotonic() + timeout
        while True:
            # Not Popen.wait: only wait4 tells how much memory the process had.
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > end:
                self.kill()
                raise TimeoutError(
                    f"no end after {timeout:.0f} s: {self.process.args}\n{self._text(self.err)}"
                )
            time.sleep(0.005)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - self.started
        return Finished(
            self.process.returncode,
            self._text(self.out),
            self._text(self.err),
            seconds,
            usage.ru_maxrss / 1024,
        )

    def is_running(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """kill -9 of this process and of what it started."""
        if self.process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
            self.process.wait(_STOP_SECONDS)

    def errors(self) -> str:
        return self._text(self.err)

    def stop(self) -> None:
        """SIGTERM and patience, then kill -9."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    @staticmethod
    def _text(file: Any) -> str:
        file.seek(0)
        return file.read().decode("utf-8", "replace")


@dataclass(slots=True)
class Installation:
    """One data folder and the environment of every command that works on it."""

    var: Path
    port: int = field(default_factory=lambda: free_port())
    environment: dict[str, str] = field(default_factory=dict)

    def environ(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        own = {"PORTAL_VAR": str(self.var), "PORTAL_PORT": str(self.port), "PORTAL_RATE_LIMITS": "off"}
        return {**inherited, **own, **self.environment}

    def start(self, *arguments: object) -> Running:
        """`python -m portal ...` in the background, in a process group of its own."""
        return self.start_python("-m", "portal", *arguments)

    def start_python(self, *arguments: object) -> Running:
        out, err = TemporaryFile(), TemporaryFile()  # noqa: SIM115 - closed with the object
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            cwd=REPOSITORY,
            env=self.environ(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        return Running(process, out, err)

    def run(self, *arguments: object, timeout: float = 120) -> Finished:
        """`python -m portal ...` to its end."""
        return self.start(*arguments).wait(timeout)

    def take(self, *arguments: object, timeout: float = 120) -> Finished:
        """The same, where anything but exit code 0 is a failure of the test."""
        finished = self.run(*arguments, timeout=timeout)
        if finished.code != 0:
            raise AssertionError(f"{arguments} ended with {finished.code}\n{finished.out}\n{finished.err}")
        return finished

    def request(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers=dict(headers or {}))
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())
        finally:
            connection.close()

    def start_serving(self, *, path: str = "/api/v1/datasets?page_size=1", timeout: float = 30) -> Running:
        """`serve`, once it answers `path` with 200."""
        serving = self.start("serve")
        end = time.monotonic() + timeout
        while time.monotonic() < end and serving.is_running():
            try:
                if self.request(path).status == 200:
                    return serving
            except OSError:
                pass
            time.sleep(0.02)
        serving.kill()
        raise AssertionError(f"the portal does not serve\n{serving.errors()}")

    @contextmanager
    def serving(self) -> Iterator[Running]:
        running = self.start_serving()
        try:
            yield running
        finally:
            running.stop()


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a token (none: anybody), who speaks JSON with API v1."""

    installation: Installation
    token: str | None = None

    def call(self, method: str, path: str, value: object = None, **headers: str) -> Answer:
        """One request below /api/v1; `If_Match` stands for If-Match."""
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        body = value if isinstance(value, bytes) else None
        if value is not None and body is None:
            body, sent["Content-Type"] = json.dumps(value).encode(), "application/json"
        return self.installation.request(f"/api/v1/{path}", method=method, headers=sent, body=body)

    def take(self, method: str, path: str, value: object = None, **headers: str) -> Any:
        """The JSON of the answer, where a failure is a failure of the test."""
        answer = self.call(method, path, value, **headers)
        if answer.status >= 400:
            raise AssertionError(f"{method} {path}: {answer.status} {answer.body[:500]!r}")
        return answer.json()


def staffed(installation: Installation, agency: str = "so-y-te") -> dict[str, Caller]:
    """Callers by role: an administrator, and a publisher and a contributor of `agency`; it must serve."""
    made = installation.take("create-admin", "--email", "root@example.vn", "--print-token")
    root = Caller(installation, made.out.strip())
    callers = {"anonymous": Caller(installation)}
    for role in ("contributor", "publisher"):
        person = root.take("POST", "people", {"email": f"{role}@example.vn"})["id"]
        root.take("PUT", f"people/{person}/memberships/{agency}", {"role": role}, If_Match="*")
        wanted = {"name": role, "scopes": ["read", "write", "publish"], "person_id": person}
        callers[role] = Caller(installation, root.take("POST", "tokens", wanted)["token"])
    return {**callers, "administrator": root}


def free_port() -> int:
    """A port of the loopback interface that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> dict[int, str]:
    """The living processes that `pid` started, with their command lines."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            try:
                line = Path(f"/proc/{child}/cmdline").read_bytes()
            except FileNotFoundError:
                continue
            found[int(child)] = line.replace(b"\0", b" ").decode()
    return found


def worker_pid(serving: Running) -> int | None:
    """The worker that `serve` keeps; None in the moment when there is none."""
    found = (pid for pid, line in children(serving.pid).items() if line.strip().endswith("portal worker"))
    return next(found, None)
