"""
How much a run may still cost: nothing is sent that could exceed it.

Before a request its bound is held back, afterwards what it reported is counted instead, or the bound where it reported
nothing. So each try counts, and what is in flight too. The bound takes token limits as honored: a server that ignores
them can exceed it by what is in flight, and by no more.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Spending:
    """
    What one process may spend and has spent, in US dollars. Without a limit all is counted and nothing refused.

    `worst` is the highest ratio of what a response took to its bound. `unsent` counts what was not sent.
    """

    limit: float | None = None
    spent: float = 0.0
    held: float = 0.0
    most_held: float = 0.0
    worst: float = 0.0
    unsent: int = 0

    def refuses(self, bound: float) -> str | None:
        """Hold back the bound of a request, or return why it must not be sent. After the first one nothing is sent."""
        if self.limit is not None and (self.unsent or self.spent + self.held + bound > self.limit):
            self.unsent += 1
            return f"the run would cost more than {dollars(self.limit)} (--max-cost)"
        self.held += bound
        self.most_held = max(self.most_held, self.held)
        return None

    def settle(self, bound: float, measured: float | None) -> None:
        """Count what came of a request whose bound was held back."""
        self.held = max(0.0, self.held - bound)
        self.spent += bound if measured is None else measured
        if measured is not None and bound > 0:
            self.worst = max(self.worst, measured / bound)

    @property
    def words(self) -> str:
        """Return what came of the limit, for people; nothing without one."""
        if self.limit is None:
            return ""
        said = f"about {dollars(self.spent)} of {dollars(self.limit)} spent (--max-cost), by the usage reported"
        if self.unsent:
            said += f"; {self.unsent} requests not sent"
        risk = "A server that ignores token limits can exceed this by what is in flight"
        return (
            f"{said}. {risk}: {dollars(self.most_held)} were, and a response took at most {self.worst:.1f} of its bound"
        )


def dollars(amount: float) -> str:
    """Return an amount for people: `$0.15`, `$0.0004`."""
    if amount >= 0.1 or amount == 0:
        return f"${amount:,.2f}"
    return f"${amount:.2g}" if amount >= 0.0001 else "below $0.0001"
