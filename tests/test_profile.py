"""Profiles: named selections, the suite's own and a user's."""

from pathlib import Path

import pytest

from conformance.cli import listing
from conformance.cli.names import check_checks
from conformance.plan import loader
from conformance.plan.afford import RequestLimit, cost_of
from conformance.plan.expand import Selected
from conformance.plan.order import closure, preflight_keys
from conformance.run.options import RunOptions, is_chosen
from conformance.targets.load import names as targets
from conformance.targets.profile import Profile, load, names
from conformance.wire.capability import Level
from conformance.wire.verdict import UsageError
from tests.fakes import chosen
from tests.whole_run import Runner, run

__all__ = ["run"]


def selection(options: RunOptions) -> list[Selected]:
    """Return the checks of the first target that the options choose."""
    items = listing.everything(loader.load(), options.targets[0].target)
    return [item for item in items if is_chosen(item, options)]


def written(root: Path, text: str) -> str:
    (root / "mine.toml").write_text(text, encoding="utf-8")
    return "mine.toml"


def test_the_own_profiles_are_these() -> None:
    assert names() == ["full", "smoke", "standard"]
    assert all(load(name, Path()).title for name in names())


@pytest.mark.parametrize("target", ["simulator", "flatkey", "google", "openai"])
def test_smoke_is_at_most_14_requests_and_leaves_nothing_out(tmp_path: Path, target: str) -> None:
    choices = chosen(tmp_path, "--target", target, "--profile", "smoke", "--list")
    (choice,) = choices.targets
    keys = [key for item in selection(choices) for key in item.keys]
    sent = closure([*preflight_keys(choice.target, loader.load_specs()), *keys])
    assert cost_of(choice.target, sent).requests <= 14
    named = {key.spec.name for key in sent}
    assert {"models_listed", "hello", "unknown_model", "hello_streamed", "weather_forced", "embedded"} <= named


@pytest.mark.parametrize("target", targets())
def test_every_pattern_of_a_profile_names_a_check(tmp_path: Path, target: str) -> None:
    choices = chosen(tmp_path, "--target", target, "--profile", "smoke", "--list")
    check_checks(choices.checks, listing.everything(loader.load(), choices.targets[0].target))


def test_standard_is_what_is_run_without_a_profile(tmp_path: Path) -> None:
    plain, named = chosen(tmp_path), chosen(tmp_path, "--profile", "standard")
    assert (named.capabilities, named.checks, named.level, named.limit) == ((), (), plain.level, plain.limit)
    assert not named.filtered


def test_full_is_everything(tmp_path: Path) -> None:
    found = chosen(tmp_path, "--profile", "full")
    assert (found.level, found.limit, found.filtered) == (Level.MAY, RequestLimit(None, None), False)


def test_a_user_writes_one_for_an_application(tmp_path: Path) -> None:
    name = written(
        tmp_path,
        'title = "Our bot"\ncapabilities = ["chat.stream.*", "tools.basic"]\nlevel = "may"\nmax_requests = 40\n',
    )
    found = chosen(tmp_path, "--profile", name)
    assert (found.capabilities, found.level) == (("chat.stream.*", "tools.basic"), Level.MAY)
    assert (found.limit.requests, found.max_requests, found.filtered) == (40, 40, True)


def test_checks_and_capabilities_of_a_profile_add_up(tmp_path: Path) -> None:
    name = written(tmp_path, 'capabilities = ["models.retrieve"]\nchecks = ["chat.basic/hello/*"]\n')
    choices = chosen(tmp_path, "--profile", name)
    items = selection(choices)
    assert {item.check.capability.id.split(".")[0] for item in items} == {"chat", "models"}
    assert all(item.id.startswith(("models.retrieve", "chat.basic/hello/")) for item in items)


def test_other_options_win_over_a_profile(tmp_path: Path) -> None:
    options = ("--capability", "models", "--level", "must", "--cost", "standard", "--max-requests", "5")
    found = chosen(tmp_path, "--profile", written(tmp_path, 'checks = ["*"]\nlevel = "may"\ncost = "all"\n'), *options)
    assert (found.capabilities, found.checks, found.level) == (("models",), (), Level.MUST)
    assert found.limit.requests == 5
    assert found.limit.tokens is not None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cheques = []", "profile mine.toml, line 1: `cheques`: there is no such field: did you mean `checks`?"),
        ('level = "perhaps"', "profile mine.toml, line 1: `level`: input should be 'must', 'should' or 'may'"),
        ("max_requests = 0", "profile mine.toml, line 1: `max_requests`: input should be greater than or equal to 1"),
        ("title = ", "profile mine.toml: "),
    ],
)
def test_a_wrong_profile_is_refused_in_words(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        chosen(tmp_path, "--profile", written(tmp_path, text))
    assert str(caught.value).startswith(message)


def test_an_unknown_profile_ends_with_4_and_lists_the_known_ones(run: Runner) -> None:
    ran = run("--profile", "smoking")
    assert ran.code == 4
    known = "full, smoke, standard, or the path of a TOML file"
    assert f"unknown profile `smoking`: did you mean `smoke`? Known: {known}" in ran.said


def test_an_unknown_check_in_a_profile_ends_with_4(run: Runner) -> None:
    (run.root / "mine.toml").write_text('checks = ["chat.basic/hullo/*"]', encoding="utf-8")
    ran = run("--profile", "mine.toml")
    assert ran.code == 4
    assert "unknown check `chat.basic/hullo/*`" in ran.said


def test_the_profile_of_an_application_selects_by_its_capabilities(tmp_path: Path) -> None:
    (tmp_path / "app.toml").write_text(
        'capabilities = ["chat.stream.*"]\nparameters = ["stop"]\n[sizes]\ntools = 3\n', encoding="utf-8"
    )
    assert load("app.toml", tmp_path) == Profile(capabilities=("chat.stream.*",))
