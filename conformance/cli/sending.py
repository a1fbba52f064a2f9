"""What a shard does in the place of judging: it waits until its part of the plan is sent."""

import pytest

from conformance.cli.watching import Watching
from conformance.run.session import Session


class Sending:
    """A plugin of pytest that waits for the exchanges of a run, and lets no test run."""

    def __init__(self, state: Session, watching: Watching, config: pytest.Config) -> None:
        if config.getoption("dist", "no") != "no":
            raise pytest.UsageError("--shard judges nothing, so it does not go with -n; the merge does")
        self._state, self._watching = state, watching

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Wait for the exchanges, and count them in the place of tests: else pytest says that none ran."""
        if self._state.engine is None:  # nothing was selected, or it was only collected
            return None
        sent = self._state.engine.wait_for_all(self._watching.sent)
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.stats["sent"] = sent
        return True
