"""The memory of a run does not grow with what an endpoint sends, and hardly with how many exchanges there are."""

from pathlib import Path

import pytest

from tests.memory import measure

pytestmark = pytest.mark.long

KB_AN_EXCHANGE = 20
KB_OF_NOISE = 24 * 1024
KB_OF_A_BODY = 31 * 1024


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="the peak is told by Linux")
@pytest.mark.parametrize(
    ("name", "few", "many", "noise"),
    [
        ("ordinary", 20, 60, KB_OF_NOISE),
        ("2-mb-json", 10, 40, KB_OF_NOISE),
        ("31-mb-json", 6, 14, 2 * KB_OF_A_BODY),
        ("gzip-16-mb", 4, 8, KB_OF_NOISE),
    ],
)
def test_one_more_exchange_takes_next_to_no_memory(name: str, few: int, many: int, noise: int) -> None:
    """Each of the large ones would take 2 MB to 62 MB if it stayed. How many bodies meet at the peak is chance."""
    less, more = measure(name, few), measure(name, many)
    assert more.peak_kb - less.peak_kb <= (many - few) * KB_AN_EXCHANGE + noise
