"""The simulator's files."""

import httpx2
import openai
import pytest

from conformance.schemas import schema
from conformance.simulator.app.server import running
from conformance.simulator.http.state import Shelf


def refused(answer: httpx2.Response, status: int, param: str | None, code: str | None) -> None:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert (error["param"], error["code"]) == (param, code), error


BYTES = bytes(range(256)) + b"\r\n--boundary\r\n\r\n" + b"\n\r\n"


def upload(http: httpx2.Client, content: bytes = BYTES, purpose: str = "batch", name: str = "a.bin") -> str:
    answer = http.post("/files", data={"purpose": purpose}, files={"file": (name, content)})
    assert answer.status_code == 200, answer.text
    assert schema.load("FileObject").valid(answer.json())
    file: str = answer.json()["id"]
    return file


def test_a_file_comes_back_as_it_was(http: httpx2.Client) -> None:
    file = upload(http, name="Grüße 1.bin")
    described = http.get(f"/files/{file}").json()
    assert file.startswith("file-")
    assert (described["object"], described["purpose"], described["status"]) == ("file", "batch", "processed")
    assert (described["filename"], described["bytes"]) == ("Grüße 1.bin", len(BYTES))
    content = http.get(f"/files/{file}/content")
    assert content.content == BYTES
    assert content.headers["content-type"] == "application/octet-stream"


def test_files_of_the_model_are_not_given_back(http: httpx2.Client) -> None:
    refused(http.get(f"/files/{upload(http, purpose='user_data')}/content"), 400, None, None)


def test_files_are_listed_by_purpose_and_in_pages() -> None:
    with running() as url, httpx2.Client(base_url=url, headers={"Authorization": "Bearer x"}) as http:
        assert http.get("/files").json() == {
            "object": "list",
            "data": [],
            "first_id": None,
            "last_id": None,
            "has_more": False,
        }
        files = [upload(http, purpose=purpose) for purpose in ("batch", "vision", "batch")]
        assert [file["id"] for file in http.get("/files").json()["data"]] == files[::-1]
        of_batches = http.get("/files", params={"purpose": "batch"}).json()
        assert [file["id"] for file in of_batches["data"]] == [files[2], files[0]]
        page = http.get("/files", params={"limit": 1, "order": "asc", "after": files[0]}).json()
        assert ([file["id"] for file in page["data"]], page["has_more"]) == ([files[1]], True)


def test_a_deleted_file_is_gone(http: httpx2.Client) -> None:
    file = upload(http)
    assert http.delete(f"/files/{file}").json() == {"id": file, "object": "file", "deleted": True}
    for answer in (http.get(f"/files/{file}"), http.get(f"/files/{file}/content"), http.delete(f"/files/{file}")):
        refused(answer, 404, "id", None)


def test_refusals(http: httpx2.Client) -> None:
    sent = {"file": ("a", b"x")}
    refused(http.post("/files", files=sent), 400, "purpose", "missing_required_parameter")
    refused(http.post("/files", data={"purpose": "nope"}, files=sent), 400, "purpose", "invalid_value")
    refused(http.post("/files", data={"purpose": "batch", "x": "y"}, files=sent), 400, "x", "unknown_parameter")
    refused(
        http.post("/files", data={"purpose": "batch", "file": "text"}, files={"other": ("a", b"x")}),
        400,
        "file",
        "invalid_type",
    )
    refused(
        http.post("/files", data={"purpose": "batch"}, files={"other": ("a", b"x")}),
        400,
        "file",
        "missing_required_parameter",
    )
    refused(http.post("/files", json={}), 415, None, "unsupported_content_type")
    hours = {"purpose": "batch", "expires_after[anchor]": "created_at", "expires_after[seconds]": "7"}
    refused(http.post("/files", data=hours, files=sent), 400, "expires_after.seconds", "integer_below_min_value")
    refused(http.get("/files", params={"limit": "10001"}), 400, "limit", "integer_above_max_value")


def test_the_client_uploads_lists_reads_and_deletes(client: openai.OpenAI) -> None:
    file = client.files.create(
        file=("a.jsonl", b"{}"), purpose="batch", expires_after={"anchor": "created_at", "seconds": 3600}
    )
    assert file.expires_at == file.created_at + 3600
    assert client.files.retrieve(file.id) == file
    assert file in list(client.files.list(purpose="batch", limit=1))
    assert client.files.content(file.id).read() == b"{}"
    assert client.files.delete(file.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(file.id)


def test_a_shelf_forgets_the_oldest() -> None:
    shelf: Shelf[str] = Shelf(most=2)
    for name in "abc":
        shelf.put(name, name.upper())
    assert shelf.all() == ["B", "C"]
    assert shelf.change("b", lambda thing: thing + "!") == "B!"
    assert shelf.change("a", str.lower) is None
    assert (shelf.take("b"), shelf.take("b"), shelf.get("b")) == ("B!", None, None)


def test_a_shelf_has_room_for_so_many_bytes() -> None:
    shelf: Shelf[str] = Shelf(room=10)
    shelf.put("a", "A", 6)
    shelf.put("b", "B", 5)
    assert shelf.all() == ["B"]
    shelf.put("b", "b", 2)
    shelf.put("c", "C", 8)
    assert shelf.all() == ["b", "C"]
    shelf.put("d", "D", 99)
    assert shelf.all() == ["D"]


def test_what_a_shelf_keeps_has_times_in_their_order() -> None:
    shelf: Shelf[str] = Shelf()
    times = [shelf.moment() for _ in range(3)]
    assert [time - times[0] for time in times] == [0, 1, 2]
