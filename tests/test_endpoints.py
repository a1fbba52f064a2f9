"""Endpoints and targets of the user's own: options, files, headers, queries, certificates."""

import asyncio
import json
import shlex
import shutil
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from conformance.record.cassette import read
from conformance.record.curl import command
from conformance.record.recording import Sent
from conformance.run.options import RunOptions
from conformance.send.transport import Transport
from conformance.targets.auth import Auth, Tls
from conformance.targets.keys import Keys
from conformance.targets.load import ad_hoc
from conformance.wire.request import WRONG_KEY, Key, get
from conformance.wire.response import Ending
from conformance.wire.verdict import UsageError
from tests import hostile
from tests.fakes import chosen
from tests.hostile import MODEL, Behaviour, Seen, serving
from tests.sending import sent_by
from tests.whole_run import BASIC, CORE, KEY, KEY_ENV, Runner, run

__all__ = ["run"]

TWO = ("--endpoint", "gate=https://gate.example/v1", "--endpoint", "local=http://127.0.0.1:8080/v1")
MODELS = ("--model", "gate:m-1", "--model", "local:llama3:8b", "--model", "local:embedding=e")
OTHER = "sk-other-9Zq8mB2xT7LpW0123456"


def refused(root: Path, *arguments: str, **environ: str) -> str:
    with pytest.raises(UsageError) as caught:
        chosen(root, *arguments, **environ)
    return str(caught.value)


def named(options: RunOptions) -> dict[str, dict[str, str]]:
    """Return the models of each target by role."""
    return {
        found.target.name: {role: model.id for role, model in found.target.models.items()} for found in options.targets
    }


def test_several_endpoints_have_names_models_and_keys_of_their_own(tmp_path: Path) -> None:
    options = chosen(tmp_path, *TWO, *MODELS, "--api-key-env", "gate=GATE_KEY", GATE_KEY=KEY)
    assert named(options) == {"gate": {"chat": "m-1"}, "local": {"chat": "llama3:8b", "embedding": "e"}}
    assert (options.keys.of("gate"), options.keys.of("local")) == (KEY, None)
    assert KEY not in repr(options)


def test_a_model_without_a_name_is_for_every_target(tmp_path: Path) -> None:
    options = chosen(tmp_path, *TWO, "--target", "simulator", "--model", "x:1")
    assert {models["chat"] for models in named(options).values()} == {"x:1"}
    assert list(named(options)) == ["simulator", "gate", "local"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--base-url", "http://a/v1", "--base-url", "http://b/v1", "--model", "m"),
            "use --endpoint NAME=URL for each",
        ),
        (("--base-url", "http://a/v1", *TWO, "--model", "m"), "use --endpoint NAME=URL for each, with --model NAME:ID"),
        (TWO, "--endpoint `gate` needs --model gate:ID"),
        ((*TWO, "--model", "gate:m"), "--endpoint `local` needs --model local:ID"),
        ((*TWO, "--endpoint", "gate=http://c/v1"), "--endpoint `gate`: two endpoints have this name"),
        ((*TWO, *MODELS, "--target", "simulator", "--endpoint", "simulator=http://c/v1"), "two targets are called"),
        (("--endpoint", "http://a/v1"), "--endpoint: use NAME=URL"),
        (("--endpoint", "gate"), "--endpoint: use NAME=URL"),
        (("--endpoint", "My Gate=http://a/v1", "--model", "m"), "--endpoint `My Gate`: use lower-case letters"),
        ((*TWO, *MODELS, "--api-key-env", "KEY"), "say for which by --api-key-env NAME=VALUE"),
        (
            (*TWO, *MODELS, "--api-key-env", "gaet=KEY"),
            "no endpoint is called like what stands before `=`: did you mean `gate`? Use: gate,",
        ),
        ((*TWO, *MODELS, "--header", "X-Team: blue"), "say for which by --header NAME=VALUE"),
        ((*TWO, *MODELS, "--api-key-env", "gate=NOT_SET"), "target `gate` needs its key: set NOT_SET"),
        ((*TWO, *MODELS, "--auth-header", "gate=api key"), "use the name of a header"),
        ((*TWO, *MODELS, "--client-key", "gate=key.pem"), "`client_key` needs `client_cert`"),
        ((*TWO, *MODELS, "--ca-file", "gate=nowhere.pem"), "nowhere.pem: cannot be used as PEM for TLS"),
        ((*TWO, *MODELS, "--api-key-env", "hunter2=KEY"), "no endpoint is called like what stands before"),
        ((*TWO, *MODELS, "--api-key-env", "gate=hunter2hunter2"), "set the variable that is named for it"),
        ((*TWO, *MODELS, "--api-key-env", "gate=sk-hunter2hunter2"), "never give the key itself"),
        ((*TWO, *MODELS, "--upstream-record", "sent.jsonl"), "--upstream-record goes with --base-url"),
        (("--auth-header", "api-key"), "--auth-header goes with --base-url or --endpoint"),
        (("--base-url", "http://a/v1?api-key=hunter2", "--model", "m"), "its query holds what looks like a key"),
        (("--base-url", "http://a/v1", "--model", "m", "--header", "api-key: hunter2"), "the header by --auth-header"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_not_clear_is_refused_in_words(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    said = refused(tmp_path, *arguments)
    assert message in said
    assert "hunter2" not in said


def test_a_file_that_is_not_pem_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("not a certificate", encoding="utf-8")
    said = refused(tmp_path, *TWO, *MODELS, "--ca-file", f"gate={tmp_path}/ca.pem")
    assert f"{tmp_path}/ca.pem: cannot be used as PEM for TLS" in said


# Files of the user's own.


def written(root: Path, text: str, name: str = "mine.toml") -> str:
    (root / "files").mkdir(exist_ok=True)
    (root / "files" / name).write_text(text, encoding="utf-8")
    return f"files/{name}"


MINE = 'title = "Mine"\nbase_url = "https://mine.example/v1"\nhosts = ["mine.example"]\n[models]\nchat = "m"\n'


def test_a_target_may_be_a_file_of_the_users(tmp_path: Path) -> None:
    path = written(tmp_path, MINE + '[auth]\nheader = "api-key"\n[tls]\n')
    (found,) = chosen(tmp_path, "--target", path).targets
    assert (found.target.name, found.target.title, found.target.auth.header) == ("mine", "Mine", "api-key")
    assert found.record_command == f"nox -s conformance -- --target {path} --mode record"


def test_the_files_that_a_target_names_lie_beside_it(tmp_path: Path) -> None:
    path = written(tmp_path, MINE + '[tls]\nca_file = "ca.pem"\n')
    assert f"{tmp_path}/files/ca.pem: cannot be used as PEM" in refused(tmp_path, "--target", path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            MINE + "[limits]\nin_fligth = 3\n",
            "files/mine.toml, line 7: `limits.in_fligth`: there is no such field: did",
        ),
        (MINE + "[auth]\nname = 'x'\n", "line 7: `auth.name`: there is no such field; known: header, prefix"),
        (MINE + "[auth]\nheader = 'a b'\n", "line 7: `auth.header`: value error, use the name of a header"),
        ("title = ", "files/mine.toml: Invalid value (at end of document)"),
        (MINE + "[headers]\nX = 'Bearer hunter2hunter2'\n", "holds what looks like a key"),
    ],
)
def test_a_file_with_a_mistake_is_explained(tmp_path: Path, text: str, message: str) -> None:
    said = refused(tmp_path, "--target", written(tmp_path, text))
    assert message in said
    assert "hunter2" not in said


def test_a_file_that_is_not_there_or_has_no_usable_name_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "--target", "no.toml") == "--target no.toml: there is no such file"
    assert "name the file in lower-case" in refused(tmp_path, "--target", written(tmp_path, MINE, "My File.toml"))
    (tmp_path / "files" / "raw.toml").write_bytes(b"\xff\xfe")
    assert "cannot be read as UTF-8 text" in refused(tmp_path, "--target", "files/raw.toml")


# What goes over the wire.


async def mirror(seen: Seen, writer: asyncio.StreamWriter) -> None:
    """Answer with the headers that came."""
    await hostile.json_answer(dict(seen.headers))(seen, writer)


AUTHS = [
    (Auth(header="api-key"), "api-key", KEY),
    (Auth(prefix="Token"), "authorization", f"Token {KEY}"),
    (Auth(prefix=""), "authorization", KEY),
    (Auth(header="X-Auth", prefix="Key"), "x-auth", f"Key {KEY}"),
]


@pytest.mark.parametrize(("auth", "header", "value"), AUTHS)
def test_the_key_goes_where_the_target_takes_it(auth: Auth, header: str, value: str) -> None:
    with serving(mirror) as server:
        target = ad_hoc(server.base_url, {"chat": "m"}, auth=auth)
        requests = [get("/models", key=key) for key in (Key.VALID, Key.WRONG, Key.NONE)]
        echoed, *_ = sent_by(Transport(target, KEY), *requests)
        right, wrong, without = server.seen
    assert right.header(header) == value
    assert wrong.header(header) == auth.value(WRONG_KEY)
    assert without.header(header) is None
    assert [seen.header("authorization") for seen in server.seen if header != "authorization"] == (
        [None] * 3 if header != "authorization" else []
    )
    assert echoed.response is not None
    assert KEY.encode() not in echoed.response.body
    assert echoed.leaked


@pytest.mark.parametrize(("auth", "header", "value"), AUTHS)
def test_curl_shows_the_header_and_not_the_key(auth: Auth, header: str, value: str) -> None:
    shown = shlex.split(command(Sent("GET", "https://mine.example/v1/models", (), b""), Key.VALID, "", auth))
    assert [word.lower() for word in shown if word.lower().startswith(f"{header}:")] == [
        f"{header}: {value.replace(KEY, '$api_key').lower()}"
    ]


@pytest.mark.parametrize("path", ["/models", "/files?limit=2"])
def test_the_query_of_the_base_url_goes_along(path: str) -> None:
    with serving(hostile.json_answer({})) as server:
        (sending,) = sent_by(
            Transport(ad_hoc(f"{server.base_url}?api-version=1&x=a%20b", {"chat": "m"}), KEY), get(path)
        )
    (seen,) = server.seen
    assert seen.path == f"/v1{path}{'&' if '?' in path else '?'}api-version=1&x=a%20b"
    assert sending.sent is not None
    assert sending.sent.url.endswith(seen.path)


def test_a_header_that_is_a_credential_by_its_name_is_replaced_in_what_comes_back() -> None:
    with serving(mirror) as server:
        target = ad_hoc(server.base_url, {"chat": "m"}, headers={"X-Access-Token": OTHER, "X-Team": "a-blue-team"})
        (sending,) = sent_by(Transport(target, KEY), get("/models"))
    assert sending.response is not None
    assert OTHER.encode() not in sending.response.body
    assert b"a-blue-team" in sending.response.body


# Whole runs.


def by_header(name: str) -> Behaviour:
    """Answer as the simulator does, to our key in another header."""
    faithful = hostile.faithful(KEY)

    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        bearer = ("authorization", f"Bearer {seen.header(name)}")
        await faithful(replace(seen, headers=(*seen.headers, bearer)), writer)

    return behave


def test_two_endpoints_stand_in_one_matrix_and_each_gets_its_own_key(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER_KEY", OTHER)
    with serving(hostile.faithful(KEY)) as one, serving(hostile.faithful(OTHER)) as two:
        ran = run(
            *("--endpoint", f"one={one.base_url}", "--endpoint", f"two={two.base_url}", "--model", MODEL),
            *("--api-key-env", f"one={KEY_ENV}", "--api-key-env", "two=OTHER_KEY", *CORE),
        )
    assert ran.code == 0, ran.said
    assert ({seen.key for seen in one.seen}, {seen.key for seen in two.seen}) == ({KEY}, {OTHER})
    matrix = json.loads((ran.folder / "matrix.json").read_text(encoding="utf-8"))
    assert [column["name"] for column in matrix["targets"]] == ["one", "two"]
    assert all(set(row["cells"]) == {"one", "two"} for row in matrix["capabilities"])
    assert hostile.files_with(run.root, KEY) + hostile.files_with(run.root, OTHER) == []
    assert KEY not in ran.said
    assert OTHER not in ran.said


def test_a_target_with_a_header_and_a_query_is_recorded_and_replayed(run: Runner) -> None:
    with serving(by_header("api-key")) as server:
        more = '[auth]\nheader = "api-key"\n'
        choice = run.target("azure", f"{server.base_url}?api-version=2026-01-01", more)
        live = run(*choice, "--mode", "record", *CORE, "--output", "elsewhere")
    (folder,) = (path for path in (run.root / "elsewhere").iterdir() if path.is_dir())
    assert live.code == 0, live.said
    assert {seen.header("api-key") for seen in server.seen} == {KEY}
    assert {seen.header("authorization") for seen in server.seen} == {None}
    assert {seen.path.partition("?")[2] for seen in server.seen} == {"api-version=2026-01-01"}
    assert (run.root / "elsewhere" / "latest").read_text(encoding="utf-8").strip() == folder.name
    assert not (run.root / "reports").exists()
    for options in (("--mode", "replay"), ("--from", "latest", "--output", "elsewhere")):
        again = run(*choice, *options, *CORE)
        assert again.code == 0, again.said
    assert hostile.files_with(run.root, KEY) == []
    (cassette,) = (run.root / "cassettes" / "azure").rglob("hello.json")
    assert read(cassette).provenance.auth == Auth(header="api-key")
    assert read(cassette).sent.url.endswith("/chat/completions?api-version=2026-01-01")


def test_the_latest_run_is_replayed_and_resumed_by_that_name(run: Runner) -> None:
    with serving(hostile.faithful()) as server:
        live = run.at(server.base_url, *BASIC, "--name", "here")
        name = live.folder.name
        assert run("--from", "latest", *BASIC).code == 0
        assert run("--from", "latest", *BASIC).code == 0, "a replay is not the latest run with recordings"
        resumed = run.at(server.base_url, *BASIC, "--name", "here", "--resume", "latest")
    assert resumed.run.footer is not None
    assert resumed.run.footer.requests == 0 or resumed.folder.name != name
    assert (run.root / "reports" / "runs" / "latest").read_text(encoding="utf-8").strip() == name


def test_a_stranger_beside_the_suite_keeps_its_traceback(run: Runner) -> None:
    folder = run.root / "conformance-x" / "checks"
    folder.mkdir(parents=True)
    (folder / "test_a.py").write_text("def test_one():\n    number = 1\n    assert number == 2\n", encoding="utf-8")
    done = run.pytester.runpytest_inprocess(
        "-p", "conformance.plugin", "-p", "no:cacheprovider", "conformance-x/checks/test_a.py"
    )
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*assert 1 == 2*", "FAILED conformance-x/checks/test_a.py::test_one*"])
    assert not (run.root / "reports").exists()


def test_keys_show_none_of_them() -> None:
    keys = Keys({"gate": KEY}).and_those({"local": OTHER})
    assert (keys.of("gate"), keys.of("local"), keys.of("x")) == (KEY, OTHER, None)
    assert KEY not in f"{keys!r} {keys}"


# TLS.


class _Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer with an empty object."""
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate for 127.0.0.1 that signs itself, and its key."""
    folder = tmp_path_factory.mktemp("pem")
    if (openssl := shutil.which("openssl")) is None:
        pytest.skip("there is no openssl to make a certificate with")
    about = ("-subj", "/CN=conformance", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2")
    made = ("-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem")
    subprocess.run([openssl, "req", "-x509", *made, *about], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def secure(pem: Path) -> Iterator[str]:
    """The base URL of a server with TLS that demands a certificate of its clients."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem / "cert.pem", pem / "key.pem")
    context.load_verify_locations(pem / "cert.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    server = HTTPServer(("127.0.0.1", 0), _Hello)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("files", "endings"),
    [
        ({}, {Ending.UNREACHABLE}),
        # The server's refusal can be overtaken by its reset of the connection, which is all that is seen then.
        ({"ca_file": "cert.pem"}, {Ending.UNREACHABLE, Ending.CLOSED}),
        ({"client_cert": "cert.pem", "client_key": "key.pem"}, {Ending.UNREACHABLE}),
        ({"ca_file": "cert.pem", "client_cert": "cert.pem", "client_key": "key.pem"}, {Ending.COMPLETE}),
    ],
)
def test_an_authority_and_a_certificate_of_the_users_are_used(
    files: Mapping[str, str], endings: set[Ending], pem: Path, secure: str
) -> None:
    tls = Tls(**{name: str(pem / file) for name, file in files.items()})
    (sending,) = sent_by(Transport(ad_hoc(secure, {"chat": "m"}, tls=tls), KEY), get("/models"))
    assert sending.ending in endings, sending.reason
