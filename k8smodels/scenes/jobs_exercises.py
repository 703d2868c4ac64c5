"""Exercises of the chapter on Jobs: seeded Jobs whose pods the models run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8smodels.api.batch import Job
from k8smodels.api.yaml_text import write_documents
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.jobs import end_of, indexed, job_of, lived, make_job
from k8smodels.scenes.jobs_policy import failed_pod
from k8smodels.views.html import Html, bullets, el, inline, join
from k8smodels.views.jobs import human_duration
from k8smodels.workloads import Indexes, JobRun, Work, judge

__all__ = ["gaps", "which_indexes", "which_rule"]


def fields_text(fields: Mapping[str, Any]) -> Html:
    """Fields of a spec, as they stand in a manifest."""
    return el("pre", write_documents([dict(fields)]).rstrip(), tabindex="0")


def _seconds(run: JobRun) -> list[int]:
    return [round((life.created - run.start).total_seconds()) for life in run.lives.values()]


# Waits.


def gaps(seed: int) -> Task:
    """Ask when the pods of a Job are made whose program fails a few times."""
    dice = dice_of(seed)
    length, limit, failures = dice.choice([5, 20, 30]), dice.choice([2, 3, 4]), dice.choice([2, 3, 4, 99])
    run = lived(make_job(backoffLimit=limit), lambda _index, before: Work(length, int(before < failures)))
    made, end = _seconds(run), job_of(run).finished
    often = _("always") if failures == 99 else _("{n} times, then it succeeds").format(n=failures)
    text = _("Each run takes {length} s. The program fails {often}. `restartPolicy` is Never.")
    return Task(
        join([fields_text({"backoffLimit": limit}), el("p", inline(text.format(length=length, often=often)))]),
        [
            Step(
                _("When is the second pod made?"),
                made[1],
                unit="s",
                wrong={
                    str(length): _("That is when the first one ends. The controller waits before it makes another."),
                    "10": _("The wait begins when the first pod has ended."),
                },
                why=_("The first run, then 10 s."),
            ),
            Step(
                _("When is the third pod made?"),
                made[2],
                unit="s",
                wrong={str(made[1] + length + 10): _("The wait has doubled: it is 20 s now.")},
                why=_("Add the second run, and 20 s."),
            ),
            Step(
                _("How many pods are made in all?"),
                len(made),
                wrong={str(limit): _("The limit says how many failures are borne. What comes after the last of them?")},
                why=_("The Job gives up when failed > backoffLimit, or ends with the first success."),
            ),
            Step(
                _("How does the Job end?"),
                end,
                options=["Complete", "Failed"],
                why=_("Which comes first: the success, or one failure more than the limit?"),
            ),
        ],
        [
            _("The wait is 10 s after the first failure, and doubles with each one."),
            _("failed > backoffLimit: with a limit of 2 the third failure is one too many."),
        ],
        bullets(
            [
                *(_("pod {n}: made at {at} s").format(n=number, at=at) for number, at in enumerate(made, 1)),
                _("{end} after {time}").format(end=end, time=human_duration(end_of(run) - run.start)),
            ]
        ),
    )


# Indexes.


def which_indexes(seed: int) -> Task:
    """Ask which indexes end well, if each has a budget of its own."""
    dice = dice_of(seed)
    count, limit = 5, dice.choice([0, 1, 2])
    fails = [dice.choice([0, 0, 1, 2, 3]) for _number in range(count)]
    if seed % 3 == 2:
        fails = [min(often, limit) for often in fails]
    else:
        fails[dice.randrange(count)] = limit + 1
    fields = indexed(count) | {"backoffLimitPerIndex": limit}
    run = lived(make_job(**fields), lambda index, before: Work(5, int(before < fails[index or 0])))
    status = job_of(run).status
    names = [str(index) for index in range(count)]
    done = frozenset(name for name in names if int(name) in Indexes.parse(status.completed_indexes, count))
    rows = [_("index {n}: fails {often} times").format(n=number, often=often) for number, often in enumerate(fails)]
    reason = status.conditions[-1].reason
    return Task(
        join([fields_text(fields), el("ul", join(el("li", row) for row in rows))]),
        [
            Step(
                _("Which indexes succeed?"),
                done,
                options=names,
                wrong={
                    name: _("Index {n} fails {often} times; {limit} are borne.").format(
                        n=name, often=fails[int(name)], limit=limit
                    )
                    for name in names
                },
            ),
            Step(
                _("How many pods are made in all?"),
                len(run.lives),
                why=_("An index has one pod for each failure that is borne, and the last one: the success or the end."),
            ),
            Step(
                _("Which reason does the Job end with?"),
                reason,
                options=["CompletionsReached", "FailedIndexes", "BackoffLimitExceeded", "MaxFailedIndexesExceeded"],
                wrong={
                    "BackoffLimitExceeded": _("With a limit for each index the common one is out of reach."),
                    "MaxFailedIndexesExceeded": _("maxFailedIndexes is not set."),
                    "CompletionsReached": _("Is there an index that has not succeeded?"),
                },
                why=_("All indexes have ended. Have all succeeded?"),
            ),
        ],
        [
            _("Look at each index alone: does it fail more often than its limit?"),
            _("An index that is given up does not stop the others."),
        ],
        bullets(
            [
                _("completedIndexes: {done}").format(done=status.completed_indexes or "–"),
                _("failedIndexes: {failed}").format(failed=status.failed_indexes or "–"),
                _("{n} pods, then {reason}").format(n=len(run.lives), reason=reason),
            ]
        ),
    )


# Rules.

_RULES: tuple[dict[str, Any], ...] = (
    {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [2, 42]}},
    {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
    {"action": "Count", "onExitCodes": {"operator": "In", "values": [1, 137]}},
    {"action": "FailJob", "onExitCodes": {"operator": "NotIn", "values": [1, 3, 143]}},
)
NO_RULE = "no rule"


def which_rule(seed: int) -> Task:
    """Ask which rule of a policy decides about each of three pods."""
    dice = dice_of(seed)
    rules = dice.sample(_RULES, 3)
    job: Job = make_job("import", container="read", podFailurePolicy={"rules": rules})
    pods = dice.sample([(1, ""), (42, ""), (143, "DisruptionTarget"), (137, ""), (3, ""), (42, "DisruptionTarget")], 3)
    verdicts = [judge(job, failed_pod(code, condition)) for code, condition in pods]
    none = _(NO_RULE)
    numbers = [*(str(number) for number in range(len(rules))), none]
    names = [
        _("exit code {code}, condition {condition}").format(code=code, condition=condition)
        if condition
        else _("exit code {code}").format(code=code)
        for code, condition in pods
    ]
    steps = [
        Step(
            _("A pod has ended with {what}. Which rule decides?").format(what=name),
            none if verdict.rule is None else str(verdict.rule),
            options=numbers,
            wrong={none: _("Go through the rules from 0 on: one of them is about this pod.")},
            why=_("The first rule that matches decides. Does an earlier one match, or does this one not match at all?"),
        )
        for name, verdict in zip(names, verdicts, strict=True)
    ]
    counted = frozenset(name for name, verdict in zip(names, verdicts, strict=True) if verdict.counts)
    steps.append(
        Step(
            _("Which of the three failures count towards backoffLimit?"),
            counted,
            options=names,
            wrong={name: _("{what}: only Ignore leaves a failure uncounted.").format(what=name) for name in names},
        )
    )
    return Task(
        join([fields_text({"rules": rules}), el("p", _("Rules are numbered from 0."))]),
        steps,
        [
            _("Order decides: go from rule 0 on and stop at the first match."),
            _("NotIn matches each failure whose code is not in the list."),
        ],
        bullets(
            _("{what}: rule {rule}, {action}").format(
                what=name, rule=none if each.rule is None else each.rule, action=each.action or "Count"
            )
            for name, each in zip(names, verdicts, strict=True)
        ),
    )
