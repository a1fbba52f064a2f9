"""Causes of gateways: what the endpoint behind refuses for what was made of a request is the gateway's one fault."""

from conformance.causes.cause import Class
from conformance.causes.gather import gather
from conformance.causes.upstream import COUNTED, FORM, TAKEN
from tests.test_causes import deviates, ids, line

CONSTANT, NUMBERS = "structured.schema_features/schema_feature[constant]", "structured.schema_features/hello"


def test_what_is_refused_behind_for_its_form_is_one_cause() -> None:
    lines = [line(CONSTANT, 400), line(NUMBERS, 400)]
    form = deviates(CONSTANT, "request_is_well_formed", FORM, exchanges=[CONSTANT, NUMBERS], judged=2)
    (cause,) = gather([form, deviates(CONSTANT), deviates(NUMBERS)], lines)
    assert (cause.id, cause.sort, cause.checks) == ("refused:upstream", Class.REFUSED, 3)
    assert cause.proof


def test_another_refusal_stays_a_line() -> None:
    lines = [line(CONSTANT, 400), line(NUMBERS, 400, said="no such thing")]
    form = deviates(CONSTANT, "request_is_well_formed", FORM)
    found = gather([form, deviates(CONSTANT), deviates(NUMBERS)], lines)
    assert len(found) == 2
    assert "refused:upstream" in ids(found)


def test_a_function_that_does_not_arrive_explains_its_refusal() -> None:
    lines = [line(CONSTANT, 400)]
    taken = deviates(CONSTANT, "functions_are_declared", TAKEN)
    assert ids(gather([taken, deviates(CONSTANT)], lines)) == {TAKEN}


def test_a_sum_is_not_another_fault_than_the_number_in_it() -> None:
    lines = [line(CONSTANT), line(NUMBERS)]
    counted = deviates(CONSTANT, "usage_is_that_of_the_model", COUNTED)
    assert ids(gather([counted, deviates(CONSTANT, "total_is_the_sum")], lines)) == {COUNTED}
    assert len(gather([counted, deviates(NUMBERS, "total_is_the_sum")], lines)) == 2


def test_a_good_response_is_not_explained_by_it() -> None:
    lines = [line(CONSTANT, 200)]
    form = deviates(CONSTANT, "request_is_well_formed", FORM)
    other = deviates(CONSTANT, "has_content", "missing:chat/completions/content")
    assert len(gather([form, other], lines)) == 2
