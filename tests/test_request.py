"""A form is put together by us, byte for byte the same each time, so that a replay finds it."""

from conformance.wire.request import BOUNDARY, Upload, multipart


def test_a_form_is_the_same_each_time() -> None:
    one, other = (multipart("/files", {"purpose": "batch"}, {"file": Upload("a.txt", b"a")}) for _ in range(2))
    assert one == other
    assert one.headers["Content-Type"] == f"multipart/form-data; boundary={BOUNDARY}"


def test_a_form_holds_fields_then_files_as_they_are() -> None:
    form = multipart("/files", {"purpose": "batch"}, {"file": Upload("a.bin", b"\x00\r\n\xff", "audio/wav")})
    assert form.content == (
        b"--conformance-boundary-7f3a\r\n"
        b'Content-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
        b"--conformance-boundary-7f3a\r\n"
        b'Content-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: audio/wav\r\n\r\n'
        b"\x00\r\n\xff\r\n"
        b"--conformance-boundary-7f3a--\r\n"
    )


def test_several_values_and_files_of_one_name_are_sent_one_by_one() -> None:
    pictures = [Upload("1.png", b"1"), Upload("2.png", b"2")]
    content = multipart("/images/edits", {"granularities[]": ["word", "segment"]}, {"image[]": pictures}).content or b""
    assert content.count(b'name="granularities[]"') == 2
    assert content.index(b'filename="1.png"') < content.index(b'filename="2.png"')
