import json
from pathlib import Path

import pytest

from k8smodels.scenes import shop, shop_changes, shop_exercises, shop_real, shop_work

FILES = Path(__file__).parents[2] / "book" / "files"
TEXT = (FILES / "shop-application.yaml").read_text("utf-8")
MEASURED = (FILES / "measured-first-steps.json").read_text("utf-8")


def test_nothing_runs_when_the_command_returns_and_all_is_ready_soon_after():
    told = [shop.first_minute(TEXT, at).says for at in shop.FIRST_MINUTE]
    assert "Nothing runs" in told[0]
    assert "All 15 Pods are ready" in told[-1]


def test_each_moment_of_the_first_minute_shows_another_state():
    frames = [shop.first_minute(TEXT, at).html for at in shop.FIRST_MINUTE]
    assert len(set(frames)) == len(frames)


def test_a_pod_that_fails_its_probe_gets_requests_until_the_third_failure():
    says = [shop.balanced(TEXT, shop.TROUBLES_OF_ONE[0], moment).says for moment in shop.MOMENTS]
    assert says[0].startswith("3 Pods")
    assert says[1].startswith("3 Pods")
    assert says[2].startswith("2 Pods")


def test_a_deleted_pod_is_replaced_behind_the_service():
    says = [shop.balanced(TEXT, shop.TROUBLES_OF_ONE[1], moment).says for moment in shop.MOMENTS]
    assert [text[0] for text in says] == ["3", "2", "3"]


def test_pods_wait_when_requests_are_too_large():
    assert "have found a node" in shop.packed(TEXT, 4, "500m").says
    waits = shop.packed(TEXT, 9, "1")
    assert "copies wait" in waits.says
    assert "Insufficient cpu" in waits.html


@pytest.mark.parametrize("trouble", shop_changes.TROUBLES)
def test_what_is_lost_is_back_at_the_last_moment(trouble):
    frames = [shop_changes.healed(TEXT, trouble, step) for step in range(shop_changes.HEALING_STEPS)]
    assert "3 of 3" in frames[-1].says
    assert len({frame.html for frame in frames}) >= 3


def test_the_puzzle_tells_what_is_on_the_lost_machine():
    first = shop_changes.healed(TEXT, "a machine dies", 0).html
    lost = [app for app in ("frontend", "catalog", "cart", "currency") if f"{app}-" in first.split("<table")[1]]
    assert lost == ["frontend", "catalog", "cart", "currency"]


def test_a_bad_version_is_stuck_and_three_pods_answer():
    good, bad = shop_changes.VERSIONS
    last = max(shop_changes.ROLLING)
    assert "complete" in shop_changes.rolled(TEXT, good, last).says
    stuck = shop_changes.rolled(TEXT, bad, last)
    assert "Nothing was rolled back" in stuck.says
    assert "ProgressDeadlineExceeded" in stuck.html
    assert "3 old Pods" in stuck.says


def test_the_job_ends_and_two_parts_run_at_a_time():
    says = [shop_work.running_job(TEXT, at).says for at in shop_work.JOB_STEPS]
    assert "2 run" in says[0]
    assert "Complete" in says[-1]


def test_pages_grow_at_once_and_shrink_after_five_minutes():
    busy, sale = shop_work.LOADS
    assert "7 Pods" in shop_work.scaled(TEXT, busy, 300.0).says
    assert "9 Pods" in shop_work.scaled(TEXT, sale, 300.0).says
    assert "all 7 Pods are still there" in shop_work.scaled(TEXT, busy, 420.0).says
    assert "3 Pods again" in shop_work.scaled(TEXT, busy, 900.0).says


def test_the_model_is_within_the_order_of_the_measured_times():
    real = json.loads(MEASURED)["seconds"]
    html = shop_real.beside(MEASURED).html
    ours = [
        float(cell.removesuffix(" s"))
        for cell in html.replace("<td>", "\n").replace("</td>", "\n").split("\n")
        if cell.endswith(" s")
    ]
    pairs = list(zip(ours[::2], ours[1::2], strict=True))
    assert [pair[0] for pair in pairs] == [round(value, 1) for value in real.values()]
    assert all(1.5 <= measured / simulated <= 4.5 for measured, simulated in pairs)


@pytest.mark.parametrize("make", [shop_exercises.how_many_fit, shop_exercises.what_is_new, shop_exercises.who_acted])
def test_every_seed_gives_a_task_whose_answers_are_among_the_options(make):
    texts = {str([(step.ask, step.answer) for step in make(seed).steps]) for seed in range(8)}
    assert len(texts) >= 3


def test_some_pods_wait_in_every_variant_of_how_many_fit():
    for seed in range(8):
        placed = shop_exercises.how_many_fit(seed).steps[1].answer
        assert 0 < placed < 20


def test_own_manifests_are_run_or_refused_in_one_line():
    cases = shop_exercises.CASES
    assert "3 Pods" in shop_exercises.own_application(shop_exercises.EXAMPLE).says
    assert "without a node" in shop_exercises.own_application(cases["more than fits"]).says
    assert "quantities must match" in shop_exercises.own_application(cases["an amount that is none"]).says
    assert 'unknown field "spec.replica"' in shop_exercises.own_application(cases["a misspelt field"]).says
    assert "stopped at 200 objects" in shop_exercises.own_application(list(cases.values())[-1]).says
    hostile = shop_exercises.own_application(shop_exercises.EXAMPLE.replace("hello:1", "<script>alert(1)</script>"))
    assert "<script>" not in hostile.html
