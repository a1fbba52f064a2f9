# ruff: noqa: S603 - it runs the three programs that it names
# mypy: ignore-errors
# (Pillow is not installed where the project is type-checked)
"""
Make the attachments of ``conformance/checks/common/fixtures``: images, a document, audio, texts, each with a word.

    apt-get install espeak-ng lame ffmpeg && pip install pillow==13.0.0
    python tools/make_fixtures.py

The word is what a reader must find: drawn, printed or spoken. The same word also stands in the file's comment (PNG
text, JPEG and GIF comment, WebP XMP, WAV LIST-INFO, MP3 ID3), so that the simulator recognises the file without eyes
and ears. No file's name tells its word. The same versions of the programs give the same bytes; these are of
espeak-ng 1.51, LAME 3.100 and FFmpeg 5.1 (Debian 12).
"""

import runpy
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "conformance" / "checks" / "common" / "fixtures"
LARGEST = 60_000
_PICTURE = (448, 192)
_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:description="{}"/></rdf:RDF></x:xmpmeta>'
)


def main() -> int:
    """Write all fixtures and say how large they are."""
    table = runpy.run_path(str(FOLDER / "__init__.py"))["FIXTURES"]
    for row in table:
        path = FOLDER / row.name
        make(path, row.media_type, row.word)
        size = path.stat().st_size
        sys.stdout.write(f"{size:6}  {path.name}\n")
        if size > LARGEST:
            raise SystemExit(f"{path.name} is larger than {LARGEST} bytes")
    return 0


def make(path: Path, media_type: str, word: str) -> None:
    """Write one fixture."""
    match media_type.partition("/"):
        case "image", _, _ if path.stem == "solid":
            Image.new("RGB", (64, 64), word).save(path, optimize=True)
        case "image", _, _:
            draw(path, word)
        case "audio", _, _:
            speak(path, word)
        case _, _, "pdf":
            path.write_bytes(pdf(sentence(word)))
        case _, _, "csv":
            path.write_bytes(f"name,value\ncolour,green\ncode word,{word}\n".encode())
        case _:
            path.write_bytes(f"A short note.\n{sentence(word)}\n".encode())


def sentence(word: str) -> str:
    """Return what a fixture's comment, or its text, says."""
    return f"The code word is {word}."


def draw(path: Path, word: str) -> None:
    """Write a picture of one word, black on white."""
    picture = Image.new("L", _PICTURE, 255)
    middle = (_PICTURE[0] / 2, _PICTURE[1] / 2)
    ImageDraw.Draw(picture).text(middle, word, fill=0, font=ImageFont.load_default(96), anchor="mm")
    comment = sentence(word)
    match path.suffix:
        case ".png":
            text = PngImagePlugin.PngInfo()
            text.add_text("Comment", comment)
            picture.save(path, optimize=True, pnginfo=text)
        case ".jpeg":
            picture.save(path, quality=80, optimize=True, comment=comment.encode())
        case ".webp":
            picture.convert("RGB").save(path, lossless=True, method=6, xmp=_XMP.format(comment).encode())
        case ".gif":
            picture.save(path, comment=comment.encode())


def pdf(text: str) -> bytes:
    """Return a document of one page with one line of real text."""
    drawing = f"BT /F1 28 Tf 72 700 Td ({text}) Tj ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    content = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, value in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(content))
    return content + head + table + trailer


def speak(path: Path, word: str) -> None:
    """Write a recording of one word, said in a short sentence."""
    comment = sentence(word)
    trim = "silenceremove=start_periods=1:start_threshold=-50dB,areverse"
    made = ("-fflags", "+bitexact", "-flags", "+bitexact", "-ac", "1", "-ar", "16000", "-y")
    with tempfile.TemporaryDirectory() as folder:
        spoken, plain = f"{folder}/spoken.wav", f"{folder}/plain.wav"
        run("espeak-ng", "-v", "en-us", "-s", "150", "-w", spoken, f"The word is {word}.")
        told = ("-metadata", f"comment={comment}")
        run("ffmpeg", "-v", "error", "-i", spoken, "-af", f"{trim},{trim}", *told, *made, plain)
        if path.suffix == ".wav":
            shutil.copyfile(plain, path)
        else:
            run("lame", "--quiet", "-m", "m", "-b", "32", "--cbr", plain, str(path))
            path.write_bytes(id3(comment) + path.read_bytes())


def id3(comment: str) -> bytes:
    """Return an ID3v2.3 tag with one comment."""
    value = b"\0eng\0" + comment.encode("latin-1")
    comments = b"COMM" + len(value).to_bytes(4) + b"\0\0" + value
    return b"ID3\3\0\0\0\0\0" + bytes([len(comments)]) + comments


def run(program: str, *arguments: str) -> None:
    """Run one of the programs that must be installed."""
    found = shutil.which(program)
    if found is None:
        raise SystemExit(f"`{program}` is not installed; see the first lines of this script")
    subprocess.run([found, *arguments], check=True)


if __name__ == "__main__":
    sys.exit(main())
