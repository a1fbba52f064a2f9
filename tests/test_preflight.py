import pytest

from conformance.judge.preflight import SHOWN_MODELS, diagnose
from conformance.targets.target import Target
from conformance.wire.response import Ending
from tests.fakes import answer, asking, error, listed, observed, silent, target, unsent, without_response

URL = "http://127.0.0.1:9/v1"
NO_MODEL = error("The model `m-1` does not exist or you do not have access to it.", code="model_not_found")


def said(*asked: object, endpoint: Target | None = None) -> str:
    problem = diagnose(endpoint or target(), asked)  # type: ignore[arg-type]
    assert problem is not None
    assert problem.isprintable()
    name, _, rest = problem.partition(": ")
    assert name == "preflight of fake"
    return rest


def test_an_endpoint_that_answers_a_chat_is_measured() -> None:
    assert diagnose(target(), [listed("m-1"), observed()]) is None


def test_a_good_chat_settles_it_whatever_the_list_of_models_says() -> None:
    for poor in (listed(status=404), listed(status=401), silent(), observed(b"<html>", media_type="text/html")):
        assert diagnose(target(), [poor, observed()]) is None


def test_a_good_list_of_models_settles_it_when_no_chat_is_asked() -> None:
    assert diagnose(target(), [listed("m-1")]) is None


def test_nothing_was_asked_and_nothing_is_wrong() -> None:
    assert diagnose(target(), []) is None
    assert diagnose(target(), [unsent(), unsent()]) is None


def test_an_endpoint_that_is_only_wrong_about_chat_is_measured() -> None:
    assert diagnose(target(), [listed("m-1"), observed(error("oops"), 500)]) is None


def test_an_endpoint_that_cannot_be_reached_is_named() -> None:
    assert said(silent(), silent()) == (
        f"nothing is received from {URL}: All connection attempts failed. "
        "Is the server running, and is the base URL right?"
    )


@pytest.mark.parametrize(
    "reason",
    ["[SSL: WRONG_VERSION_NUMBER] wrong version number", "certificate verify failed: self-signed certificate"],
)
def test_a_tls_failure_says_so(reason: str) -> None:
    assert said(silent(reason)).endswith(
        f"{reason}. This is a TLS failure: check the scheme (http or https) and the certificate"
    )


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("https://login.example/start?key=hunter2#x", "https://login.example/start"),
        ("https://user:hunter2@login.example/", "https://login.example/"),
        ("/login", "elsewhere"),
        ("http://[::1", "what is not a URL"),
        ("https://h/\x9b\u202e", "https://h/\\x9b\\u202e"),
        ("https://h/" + "a" * 500, "https://h/" + "a" * 109 + "…"),
        (None, "elsewhere"),
    ],
)
def test_a_redirect_is_named_and_not_followed(location: str | None, place: str) -> None:
    headers = {"location": location} if location is not None else None
    moved = observed(response=answer(b"", 307, "text/html", headers))
    found = said(moved)
    assert found.startswith(f"{URL} redirects (307) to {place}; it is not followed. ")
    assert "hunter2" not in found


@pytest.mark.parametrize("status", [200, 404, 500])
def test_a_web_page_is_named(status: int) -> None:
    page = observed(b"<!doctype html>", status, "text/html")
    assert said(listed(body={}, status=404), page) == (
        f"{URL} returns a web page (HTML, status {status}). Check the base URL; perhaps it is right without its path"
    )


def test_a_base_url_without_v1_is_told_to_try_it() -> None:
    page = observed(b"<!doctype html>", 200, "text/html")
    found = said(page, endpoint=target(base_url="https://api.example.com"))
    assert found.endswith("Check the base URL; perhaps it is right with /v1 at its end")


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_names_its_variable(status: int) -> None:
    refused = observed(error("Incorrect API key provided"), status)
    assert said(listed("m-1"), refused, endpoint=target(key_env="FAKE_KEY")) == (
        f"the key is rejected ({status}). Check the key in FAKE_KEY"
    )
    assert said(refused).endswith("Name the variable that holds the key with --api-key-env")


def test_an_unknown_model_lists_the_models_that_were_seen() -> None:
    assert said(listed("a-1", "b-2"), observed(NO_MODEL, 404)) == (
        "the model `m-1` is rejected (404). Name another with --model; the endpoint lists: a-1, b-2"
    )


def test_of_many_models_the_first_are_listed() -> None:
    names = [f"model-{number}" for number in range(50)]
    found = said(listed(*names), observed(NO_MODEL, 404))
    assert found.endswith(f"lists: {', '.join(names[:SHOWN_MODELS])}, ...")


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": [{"id": 7}]}, [], "x", b"not JSON", {"data": []}])
def test_an_unknown_model_needs_no_readable_list(body: object) -> None:
    assert said(listed(body=body), observed(NO_MODEL, 404)).endswith("Name another with --model")


def test_what_an_endpoint_calls_its_models_moves_no_terminal() -> None:
    found = said(listed("\x1b[2J\ud800", "b" * 500), observed(NO_MODEL, 404))
    assert found.endswith("lists: \\x1b[2J\\ud800, " + "b" * 79 + "…")


@pytest.mark.parametrize("status", [404, 405])
def test_paths_that_nobody_knows_point_to_the_base_url(status: int) -> None:
    lost = observed(error("Not Found"), status)
    found = said(listed(status=404, body=error("Not Found")), lost)
    assert found.startswith(f"{URL} serves none of our paths ({status}). Check the base URL")


def test_one_known_path_is_enough_to_go_on() -> None:
    assert diagnose(target(), [listed("m-1"), observed(error("Not Found"), 404)]) is None


def test_an_endpoint_that_limits_us_says_to_wait() -> None:
    assert said(listed("m-1"), observed(error("slow down"), 429)).startswith("the endpoint limits us (429). Wait")


@pytest.mark.parametrize("ending", [Ending.DEADLINE, Ending.PEER, Ending.SIZE, Ending.OPEN, Ending.ENDLESS])
def test_an_answer_that_does_not_end_is_named(ending: Ending) -> None:
    slow = observed(ending=ending, reason="not finished within 5 s; no byte of the body came")
    assert said(listed("m-1"), slow) == (
        "fake.owed/asked does not end: not finished within 5 s; no byte of the body came"
    )


def test_a_server_that_does_not_speak_http_is_said_so() -> None:
    found = without_response(Ending.NOT_HTTP, "what came has no status line (RFC 9112, section 4)")
    assert said(found).startswith(f"{URL} does not respond in HTTP/1.1: what came has no status line")
    assert said(found).endswith("Is it an HTTP server, and is the scheme (http or https) right?")


def test_a_server_that_hangs_up_is_said_so() -> None:
    found = without_response(Ending.CLOSED, "the server closed the connection without a response")
    closed = "closes the connection: the server closed the connection"
    assert said(found).startswith(f"{URL} accepts our request and {closed}")


def test_the_chat_speaks_before_the_list_of_models() -> None:
    assert said(listed(status=429), observed(error("bad key"), 401)).startswith("the key is rejected")


def test_a_chat_that_is_no_json_settles_nothing() -> None:
    assert diagnose(target(), [listed("m-1"), observed(b"hello", media_type="text/plain")]) is None
    assert said(observed(b"<p>", media_type="text/html", request=asking(stream=True)))
