"""The examples of the chapter on Jobs show what its text says they show."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pytest

from k8smodels.explore import Task
from k8smodels.explore.exercise import check
from k8smodels.scenes import jobs as scenes
from k8smodels.scenes import jobs_cron as cron
from k8smodels.scenes import jobs_cron_exercises as cron_exercises
from k8smodels.scenes import jobs_diagnosis as diagnosis
from k8smodels.scenes import jobs_ends, jobs_own, jobs_policy
from k8smodels.scenes import jobs_exercises as exercises

EXERCISES = [
    exercises.gaps,
    exercises.which_indexes,
    exercises.which_rule,
    cron_exercises.schedule_times,
    cron_exercises.which_starts,
    diagnosis.diagnose,
]
MARCH, SPRING, AUTUMN = cron.MOMENTS


def test_the_puzzle_converts_nothing_and_fails_after_eleven_minutes() -> None:
    frame = scenes.puzzle()
    assert frame.says == "After 11m the Job is **Failed**: 0 films are converted."
    assert frame.html.count("deleted") >= 9
    assert "7 pods" in frame.html


@pytest.mark.parametrize("parallelism", [1, 2, 3, 6])
def test_only_a_work_queue_has_as_many_pods_as_run_at_once(parallelism: int) -> None:
    assert f"**{parallelism}** pods" in scenes.shape("queue", parallelism).says
    assert "**6** pods" in scenes.shape("count", parallelism).says
    assert "**6** pods" in scenes.shape("Indexed", parallelism).says


def test_waits_double_up_to_ten_minutes() -> None:
    assert scenes.gaps(9) == [10, 20, 40, 80, 160, 320, 600, 600, 600]


@pytest.mark.parametrize("limit", [0, 2, 6])
def test_a_job_gives_up_after_one_failure_more_than_its_limit(limit: int) -> None:
    assert scenes.retried("Never", limit, limit).says.startswith("**Complete**")
    assert scenes.retried("Never", limit + 1, limit).says.startswith("**Failed**")
    assert f"with {limit + 1} pod" in scenes.retried("Never", 8, limit).says


def test_restarts_in_place_end_when_the_limit_is_reached() -> None:
    assert scenes.retried("OnFailure", 1, 2).says.startswith("**Complete**")
    assert scenes.retried("OnFailure", 2, 2).says.startswith("**Failed**")


def test_a_budget_for_each_index_saves_the_others() -> None:
    assert "0 succeeded" in scenes.budget("1", 99, 5).says
    assert "FailedIndexes. 4 succeeded" in scenes.budget("each", 99, 5).says
    assert "MaxFailedIndexesExceeded. 0 succeeded" in scenes.budget("stop", 99, 5).says
    assert "Complete" in scenes.budget("each", 1, 5).says


@pytest.mark.parametrize("kind", jobs_ends.ENDS)
def test_the_last_condition_waits_for_deleted_pods(kind: str) -> None:
    soon, late = jobs_ends.ends(kind, 2), jobs_ends.ends(kind, 30)
    assert (soon.says == late.says) == (kind == "complete")


def test_only_one_replacement_policy_lets_two_pods_work_on_an_index() -> None:
    assert "two pods" in jobs_ends.replaced("TerminatingOrFailed", 20).says
    assert jobs_ends.replaced("Failed", 20).says == "Never two pods at once."


def test_the_order_of_rules_decides() -> None:
    first, swapped, *_others = jobs_policy.POLICIES.values()
    assert "**Job** fails" in jobs_policy.judged(first, 42, "DisruptionTarget").says
    assert "**not failed**" in jobs_policy.judged(swapped, 42, "DisruptionTarget").says
    for code, condition in itertools.product(jobs_policy.CODES, jobs_policy.CONDITIONS):
        assert jobs_policy.judged(first, code, condition).html.count('class="on"') == 1


@pytest.mark.parametrize("text", ["", "rules: 3", "rules:\n- action: Explode", "a: [", "- action: FailJob"])
def test_what_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        jobs_policy.judged(text, 1, "")


def test_a_refused_policy_is_refused_in_the_api_servers_words() -> None:
    with pytest.raises(ValueError, match=r"values\[1\]: Invalid value: 0: must not be 0 for the In operator"):
        jobs_policy.judged(jobs_policy.POLICIES["a rule that is refused"], 1, "")


def test_clocks_that_change_skip_a_night_or_show_it_twice() -> None:
    nightly = cron.SCHEDULES["every night"]
    assert "there is no 2026-03-29 02:30" in cron.calendar(nightly, "Europe/Berlin", SPRING).html
    assert "clocks show it twice" in cron.calendar(nightly, "Europe/Berlin", AUTUMN).html
    assert "v pick" not in cron.calendar(nightly, "Asia/Shanghai", SPRING).html


def test_either_day_field_is_enough() -> None:
    html = cron.calendar(cron.SCHEDULES["the 13th, Friday"], "", MARCH).html
    assert html.count("Fri") == 12


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("0 8 * * 7", "end of range (7) above maximum (6): 7"),
        ("TZ=UTC 0 8 * * *", "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"),
        ("<b>", "expected exactly 5 fields, found 1: [<b>]"),
    ],
)
def test_a_schedule_is_refused_as_the_api_server_would(text: str, error: str) -> None:
    with pytest.raises(ValueError, match=re.escape("spec.schedule: Invalid value: ")) as caught:
        cron.calendar(text, "", MARCH)
    assert str(caught.value).endswith(error)


def test_a_schedule_is_required() -> None:
    with pytest.raises(ValueError, match=r"^spec\.schedule: Required value$"):
        cron.calendar("", "", MARCH)


def test_a_schedule_that_never_comes_is_said_so() -> None:
    assert cron.calendar("0 0 31 2 *", "", MARCH).says == "It never comes."
    assert cron.calendar("@every 90m", "", MARCH).html.count("<tr") == cron.SHOWN + 1


def test_only_the_last_missed_start_is_made_up_for() -> None:
    assert cron.missed("Allow", 4, "short", 0).says == "No Job was ever made for **12:20, 12:30**."
    assert cron.missed("Allow", 4, "short", 300).says == "No Job was ever made for **12:20, 12:30, 12:40**."
    assert cron.missed("Allow", 4, "late", 300).says == "No Job was ever made for **12:20, 12:30, 12:40**."
    assert "8 min late" in cron.missed("Forbid", 14, "no", 0).html
    assert "replaced" in cron.missed("Replace", 14, "no", 0).html
    assert cron.overslept(20).says == "After 20h it starts **1** Job."


@pytest.mark.parametrize("name", jobs_own.EXAMPLES)
@pytest.mark.parametrize("failure", jobs_own.FAILURES)
def test_the_examples_are_played_or_refused_as_their_names_say(name: str, failure: str) -> None:
    text = jobs_own.EXAMPLES[name]
    if name in ("no restartPolicy", "several mistakes"):
        with pytest.raises(ValueError, match="is invalid"):
            jobs_own.own(text, failure)
    else:
        assert jobs_own.own(text, failure).says.startswith(("**Complete**", "**Failed**"))


@pytest.mark.parametrize(
    "spec",
    [
        "suspend: true",
        "completions: 0",
        "parallelism: 0",
        "ttlSecondsAfterFinished: 1",
        "activeDeadlineSeconds: 3",
        "backoffLimit: 0",
    ],
)
def test_odd_jobs_are_drawn_too(spec: str) -> None:
    text = jobs_own.EXAMPLES["as short as can be"].replace("spec:\n", f"spec:\n  {spec}\n", 1)
    assert jobs_own.own(text, "always").says


@pytest.mark.parametrize("text", ["", "{", "kind: Pod", "a: [", "apiVersion: batch/v1\nkind: Job\nspec: 3"])
def test_what_is_no_job_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        jobs_own.own(text, "none")


def test_a_job_that_is_too_large_is_refused() -> None:
    text = jobs_own.EXAMPLES["as short as can be"].replace("spec:\n", "spec:\n  parallelism: 100000\n", 1)
    with pytest.raises(ValueError, match="at most 20 pods"):
        jobs_own.own(text, "none")


RULES = """\
  podFailurePolicy:
    rules:
    - {action: Ignore, onPodConditions: [{type: DisruptionTarget}]}
    - {action: FailIndex, onExitCodes: {operator: In, values: [42]}}
"""
ATTEMPT = jobs_own.EXAMPLES["a budget for each index"].partition("  podFailurePolicy")[0].replace("4", "10")
TEMPLATE = "  template:\n    spec:\n      restartPolicy: Never\n      containers:\n      - {name: c, image: c:1}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ATTEMPT + TEMPLATE, "Not yet: film 5 is tried 4 times."),
        (ATTEMPT.replace("backoffLimitPerIndex: 3", "backoffLimit: 1") + TEMPLATE, "Not yet: these films are not"),
        (ATTEMPT + RULES.replace("Ignore", "Count") + TEMPLATE, "Not yet: the eviction of film 7 was counted"),
        (ATTEMPT + RULES + TEMPLATE, "Done: 0-2,4,6-9 are converted, 3,5 failed."),
        (jobs_own.EXAMPLES["as short as can be"], "Not yet: ten films need"),
        (jobs_own.EXAMPLES["no restartPolicy"], 'The Job "films" is invalid'),
    ],
)
def test_the_readers_job_is_judged_by_what_it_does(text: str, said: str) -> None:
    assert jobs_own.films_check(text).startswith(said)


@pytest.mark.parametrize("make", EXERCISES)
@pytest.mark.parametrize("seed", range(8))
def test_the_answers_of_the_models_are_accepted(make: Callable[[int], Task], seed: int) -> None:
    task = make(seed)
    given = [step.answer if isinstance(step.answer, frozenset) else str(step.answer) for step in task.steps]
    assert check(task.steps, given).wrong is None
    assert task.solution
    assert all(hint for hint in task.hints)


@pytest.mark.parametrize("make", EXERCISES)
def test_seeds_give_different_tasks(make: Callable[[int], Task]) -> None:
    assert len({str(make(seed).text) for seed in range(8)}) >= 5


def test_each_case_of_the_diagnosis_has_one_cause() -> None:
    cases = diagnosis.cases()
    assert len({case.cause for case in cases}) == len({case.remedy for case in cases}) == len(cases)
