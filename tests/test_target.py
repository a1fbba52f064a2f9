import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from conformance.targets.load import ad_hoc, load, names, parse
from conformance.targets.server import Server
from conformance.targets.target import ClaimKind, Limits
from conformance.targets.url import clean_url, is_loopback
from conformance.wire.verdict import Inconclusive, UsageError
from tests.fakes import EXTRA, OWED, USUAL, claim, target

WHOLE = """
title = "Whole"
base_url = "https://api.example.com/v1/"
base_url_env = "WHOLE_URL"
hosts = ["api.example.com", "eu.example.com"]
key_env = "WHOLE_KEY"

[models]
chat = { id = "m-1", env = "WHOLE_MODEL" }
embedding = "e-1"

[limits]
thinking_tokens = 100

[[claims]]
id = "tools"
capabilities = ["fake.usual", "tools.*"]
statement = "Tools work."
document = "https://example.com/docs"

[[known_deviations]]
check = "chat.basic/hello/x"
reason = "reported"
since = 2026-10-01
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "whole.toml").write_text(WHOLE, encoding="utf-8")
    (tmp_path / "other.toml").write_text('title = "Other"', encoding="utf-8")
    return tmp_path


def refused(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        parse(text, "x", "targets/x.toml")
    return str(caught.value)


@pytest.mark.parametrize("name", names())
def test_every_target_file_is_right(name: str) -> None:
    found = load(name, {})
    assert found.name == name
    assert found.models
    assert found.server is not None or urlsplit(found.base_url).hostname in found.hosts
    if found.server is None:
        assert found.key_env is not None
        assert found.base_url.startswith("https://")
        assert all(model.env for model in found.models.values())
    stated = [pattern for claim_made in found.claims for pattern in claim_made.capabilities]
    assert [pattern for pattern in stated if not re.fullmatch(r"[a-z*][a-z0-9_.*]*", pattern)] == []


def test_no_two_targets_share_the_variable_of_a_key() -> None:
    variables = [load(name, {}).key_env for name in names() if load(name, {}).key_env]
    assert len(variables) == len(set(variables))


def test_an_unknown_target_lists_the_known_ones(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"unknown target `nope`; known: other, whole"):
        load("nope", {}, folder)


@pytest.mark.parametrize("name", ["../other", "/etc/passwd", "", "Whole", "whole.toml", "whole\n"])
def test_a_name_that_is_no_name_is_an_unknown_target(folder: Path, name: str) -> None:
    with pytest.raises(UsageError, match="unknown target"):
        load(name, {}, folder)


def test_a_file_says_everything_about_a_target(folder: Path) -> None:
    found = load("whole", {}, folder)
    assert (found.name, found.base_url, found.model("embedding")) == ("whole", "https://api.example.com/v1", "e-1")
    assert found.limits == Limits(thinking_tokens=100)
    assert [found.claimed(capability) for capability in (OWED, USUAL, EXTRA)] == [True, True, False]
    assert found.needs_key
    assert not found.local


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("base_uri = 'x'", ", line 2: `base_uri`: there is no such field: did you mean `base_url`? known: title, "),
        (
            "[limits]\nper_second = 1",
            ", line 3: `limits.per_second`: there is no such field",
        ),
        (
            "[[claims]]\nid = 'a'\nfoo = 1",
            ", line 4: `claims.0.foo`: there is no such field; known: id, capabilities, absent, statement, ",
        ),
        (
            "[models]\nchat = { id = 'm', size = 1 }",
            ", line 3: `models.chat.size`: there is no such field; known: id, env, also",
        ),
        ("[server]\nmodule = 'm'\nport = 1", "known: module, command, arguments, requirements, deviations, python, "),
        ("[limits]\nin_flight = 0", ", line 3: `limits.in_flight`: input should be greater than or equal to 1"),
        ("[limits]\nper_minute = 'many'", "`limits.per_minute`: input should be a valid integer"),
        ("name = 'y'", "`name`: a target has the name of its file"),
        ("hosts = [", "targets/x.toml: "),
        ("base_url = 'api.example.com/v1'", "it needs a scheme and a host"),
        ("[[known_deviations]]\ncheck = 'a'\nreason = ''\nsince = 2026-01-01", "`known_deviations.0.reason`"),
        ("[[known_deviations]]\ncheck = 'a'\nreason = 'b'", "`known_deviations.0.since`: field required"),
        ("[[known_deviations]]\nreason = 'b'\nsince = 2026-01-01", "name either a `check` or a `finding`"),
        (
            "[[known_deviations]]\ncheck = 'a'\nfinding = 'b'\nreason = 'c'\nsince = 2026-01-01",
            "name either a `check` or a `finding`",
        ),
    ],
)
def test_a_mistake_in_a_file_is_explained(line: str, message: str) -> None:
    said = refused(f"title = 'X'\n{line}\n")
    assert re.match(r"targets/x\.toml(, line \d+)?: ", said)
    assert message in said


def test_a_file_without_a_title_is_refused() -> None:
    assert refused("") == "targets/x.toml: `title`: field required"


@pytest.mark.parametrize(
    "line",
    [
        'key_env = "sk-proj-0123456789abcdef"',
        "# AIzaSyA0123456789",
        '[headers]\nAuthorization = "Bearer 0123456789"',
        'api_key = "sk-0123456789"',
    ],
)
def test_what_looks_like_a_key_is_refused_and_not_repeated(line: str) -> None:
    said = refused(f'title = "X"\n{line}\n')
    assert "holds what looks like a key" in said
    assert "0123456789" not in said


def test_words_that_look_a_little_like_a_key_are_none() -> None:
    assert parse('title = "risk-assessment, desk-lamp-holder, Bearer of news"', "x", "p").title


def test_the_environment_overrides_a_model(folder: Path) -> None:
    assert load("whole", {"WHOLE_MODEL": "m-2"}, folder).model("chat") == "m-2"
    assert load("whole", {"WHOLE_MODEL": ""}, folder).model("chat") == "m-1"


def test_the_environment_overrides_the_base_url_within_the_hosts(folder: Path) -> None:
    found = load("whole", {"WHOLE_URL": "https://eu.example.com/v1/"}, folder)
    assert found.base_url == "https://eu.example.com/v1"
    assert load("whole", {"WHOLE_URL": ""}, folder).base_url == "https://api.example.com/v1"


def test_the_base_url_of_a_file_is_within_its_hosts(folder: Path) -> None:
    text = 'title = "S"\nbase_url = "https://other.example/v1"\nhosts = ["gate.example"]\n'
    (folder / "stray.toml").write_text(text + 'key_env = "K"\n[models]\nchat = "m"\n', encoding="utf-8")
    with pytest.raises(UsageError, match="`base_url` is at `other"):
        load("stray", {}, folder)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v1",
        "https://api.example.com.evil.example/v1",
        "https://evil.example/api.example.com",
        "https://evil.example#api.example.com",
        "https://evil.example?api.example.com",
        "https://api.example.com@evil.example/v1",
        "https://api.example.com:pw@evil.example/v1",
        "api.example.com/v1",
        "http://[::1",
    ],
)
def test_a_key_never_goes_to_a_host_that_is_not_the_targets(folder: Path, url: str) -> None:
    with pytest.raises(UsageError, match="WHOLE_URL"):
        load("whole", {"WHOLE_URL": url}, folder)


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://api.example.com/v1", "https://api.example.com/v1"),
        ("https://api.example.com/v1/", "https://api.example.com/v1"),
        ("https://api.example.com", "https://api.example.com"),
        ("https://api.example.com//", "https://api.example.com"),
        ("  https://api.example.com/v1\n", "https://api.example.com/v1"),
        ("https://api.example.com/v1/chat/completions", "https://api.example.com/v1"),
        ("https://api.example.com/v1/chat/completions/", "https://api.example.com/v1"),
        ("https://api.example.com/v1/embeddings", "https://api.example.com/v1"),
        ("https://api.example.com/v1/models", "https://api.example.com/v1"),
        ("http://127.0.0.1:8080/~a,b/v1", "http://127.0.0.1:8080/~a,b/v1"),
        ("http://[::1]:8080/v1/", "http://[::1]:8080/v1"),
        ("HTTPS://api.example.com/V1", "https://api.example.com/V1"),
    ],
)
def test_a_base_url_is_cleaned(url: str, clean: str) -> None:
    assert clean_url(url, "--base-url") == clean


@pytest.mark.parametrize(
    ("url", "shown", "problem"),
    [
        ("api.example.com/v1", "api.example.com/v1", "it needs a scheme and a host"),
        ("localhost:8080/v1", "localhost:8080/v1", "it needs a scheme and a host"),
        ("//api.example.com/v1", "api.example.com", "it needs a scheme and a host"),
        ("ftp://api.example.com", "api.example.com", "it needs a scheme and a host"),
        ("https://", "https://", "it needs a scheme and a host"),
        ("", "", "it needs a scheme and a host"),
        ("https://user:hunter2@api.example.com/v1", "api.example.com", "a user name or a password"),
        ("https://:@api.example.com/v1", "api.example.com", "a user name or a password"),
        ("user:hunter2@api.example.com/v1", "api.example.com/v1", "it needs a scheme and a host"),
        ("https://api.example.com/v1?key=hunter2", "api.example.com", "its query holds what looks like a key"),
        ("https://api.example.com/v1#top", "api.example.com", "it must have no fragment"),
        ("http://[::1/v1", "http://[::1/v1", "invalid ipv6 url"),
        ("http://h:99999/v1", "http://h:99999/v1", "port out of range 0-65535"),
        ("http://h:http/v1", "http://h:http/v1", "port could not be cast to integer value as 'http'"),
        ("http://h:0/v1", "h", "there is no port 0"),
        ("http://h ost/v1", "h ost", "it holds a blank"),
        ("http://host/v\x1b1", "host", "a character that cannot be printed"),
    ],
)
def test_what_is_no_base_url_is_explained_without_a_secret(url: str, shown: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        clean_url(url, "--base-url")
    assert str(caught.value).startswith(f"--base-url: `{shown}` is no base URL: ")
    assert problem in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_loopback_is_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "0.0.0.0", "10.0.0.1", "192.168.1.1", "localhost.example.com", "example.com", "::2"]
)
def test_another_machine_is_no_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("url", "name", "local"),
    [
        ("http://127.0.0.1:8080/v1", "127.0.0.1-8080", True),
        ("http://[::1]:8080/v1", "1-8080", True),
        ("https://API.Example.com", "api.example.com", False),
        ("http://../v1", "endpoint", False),
    ],
)
def test_an_endpoint_without_a_file_gets_a_name_and_limits(url: str, name: str, *, local: bool) -> None:
    found = ad_hoc(url, {"chat": "m"}, headers={"X-Team": "blue"}, key_env="K")
    assert (found.name, found.local, found.hosts) == (name, local, (urlsplit(url).hostname,))
    assert (found.limits.in_flight, found.limits.per_minute) == (4, 0 if local else 30)
    assert (found.key_env, found.headers, found.model("chat")) == ("K", {"X-Team": "blue"}, "m")


def test_an_endpoint_can_be_named() -> None:
    assert ad_hoc("https://h/v1", {}, name="my-gateway.2").name == "my-gateway.2"
    for name in ("", "../up", "My Gateway", "-x", "a" * 80):
        with pytest.raises(UsageError, match="use lower-case letters"):
            ad_hoc("https://h/v1", {}, name=name)


def test_a_role_without_a_model_is_not_judged() -> None:
    with pytest.raises(Inconclusive, match="--model vision=NAME"):
        target().model("vision")


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("kind", ClaimKind)
def test_a_target_is_held_to_what_its_documents_promise(kind: ClaimKind, *, legacy: bool) -> None:
    held = target(claims=(claim("other"), claim("fake.extra", kind=kind, legacy=legacy))).claimed(EXTRA)
    assert held is (kind in {ClaimKind.POSITIVE, ClaimKind.SHAPE} and not legacy)


@pytest.mark.parametrize(("thinking", "budget"), [(0, 16), (1024, 1040)])
def test_a_token_limit_leaves_room_for_what_a_model_thinks_unseen(thinking: int, budget: int) -> None:
    assert target(limits=Limits(thinking_tokens=thinking)).budget(16) == budget


@pytest.mark.parametrize(
    ("changes", "needs"),
    [({}, False), ({"key_env": "K"}, True), ({"key_env": "K", "server": Server(module="m")}, False)],
)
def test_a_target_with_a_variable_for_its_key_needs_it(changes: dict[str, Any], *, needs: bool) -> None:
    assert target(**changes).needs_key is needs
