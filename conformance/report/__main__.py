"""
`python -m conformance.report [--allure] RUNFOLDER`: make the reports of a run again from its log and its recordings.

With `--allure` the results for Allure too.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from conformance.log.records import read
from conformance.report.write import write
from conformance.wire.verdict import UsageError


def main(arguments: Sequence[str]) -> int:
    """Write the reports of each folder and print where; return 4 for what is no run."""
    folders = [argument for argument in arguments if argument != "--allure"]
    if not folders or any(argument.startswith("-") for argument in folders):
        sys.stderr.write(f"{(__doc__ or '').strip()}\n")
        return 0 if {"-h", "--help"} & set(arguments) else 4
    for folder in folders:
        try:
            page = write(read(Path(folder)), allure=len(folders) < len(arguments))
        except UsageError as error:
            sys.stderr.write(f"{error}\n")
            return 4
        sys.stdout.write(f"{page}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
