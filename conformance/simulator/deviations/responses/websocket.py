"""What comes of a client that tries a WebSocket first."""

from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "responses-upgrade-greeted",
    severity="major",
    says="A request to upgrade to a WebSocket is served with 200 and a greeting.",
    breaks="Coding agents that try the WebSocket first: they do not fall back, or only after all their tries.",
    source=("diegosouzapw/OmniRoute#998",),
    caught_by=(
        "responses.websocket/upgrade/upgrade_is_accepted_or_rejected",
        "responses.websocket/upgrade/status",
    ),
)
def upgrade_greeted(call: Call, handler: Handler) -> Answer:
    asks = call.path == "/responses" and call.headers.get("upgrade", "").lower() == "websocket"
    return Answer({"status": "ok"}) if asks else handler(call)
