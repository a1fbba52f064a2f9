"""The interval that a count supports: how far a share that was seen in a few samples may be from the true one."""

from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054
"""The quantile of the normal distribution for an interval that holds the true share in 95 % of all cases."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The shares, from 0 to 1, between which the true one lies with a confidence of 95 %."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:.0%} to {self.high:.0%}"


def wilson(times: int, of: int) -> Interval:
    """
    Return the score interval for something that was seen so many `times` in `of` independent samples.

    It stays honest for few samples and for shares of 0 and 1: `5 of 5` supports 57 % to 100 %. Raises `ValueError` for
    counts that cannot be. From Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal
    of the American Statistical Association 22 (1927), https://doi.org/10.1080/01621459.1927.10502953.
    """
    if not 0 <= times <= of or of == 0:
        raise ValueError(f"{times} of {of} samples is not a share")
    share, weight = times / of, Z * Z / of
    middle = (share + weight / 2) / (1 + weight)
    half = Z / (1 + weight) * sqrt(share * (1 - share) / of + weight / (4 * of))
    return Interval(0.0 if times == 0 else middle - half, 1.0 if times == of else middle + half)
