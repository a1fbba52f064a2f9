"""One sign for each verdict, beside its word: what is told by a color only is lost on many readers."""

from conformance.wire.verdict import Verdict

GLYPHS = {
    Verdict.CONFORMS: "✓",
    Verdict.UNSUPPORTED: "⊘",
    Verdict.UNRECORDED: "○",
    Verdict.INCONCLUSIVE: "?",
    Verdict.DEVIATES: "✗",
    Verdict.ERROR: "!",
}
