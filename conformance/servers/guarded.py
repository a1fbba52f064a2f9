"""
Run a module as a server that ends with the process that started it: `python guarded.py -m MODULE [argument ...]`.

Standard input is a pipe whose other end that process alone holds. It closes when the process ends, even if that was
killed; so a killed run leaves no server behind, whatever the server itself knows of it. This file is run by its path:
it needs nothing of the package.
"""

import os
import runpy
import sys
import threading


def main() -> None:
    """Watch the pipe, and run the module as if it had been started itself."""
    threading.Thread(target=_wait_for_end, name="guard", daemon=True).start()
    sys.path[0] = os.getcwd()  # noqa: PTH109  as `python -m` has it
    module = sys.argv.pop(2)
    del sys.argv[1]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _wait_for_end() -> None:
    while os.read(0, 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
