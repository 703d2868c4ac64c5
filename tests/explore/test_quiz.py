"""Predictions and exercises: the check, what a page holds, the widgets."""

import json
from fractions import Fraction

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.explore import Exercise, Predict, Step, Task
from k8smodels.explore.exercise import Feedback, check, parse_number
from k8smodels.explore.payload import unpack
from k8smodels.explore.predict import predict_html
from k8smodels.explore.quiz_html import exercise_html
from k8smodels.views import Frame, el

STEPS = [
    Step("Sum?", 7, unit="cpu", wrong={"3": "That is the difference."}, why="Add {both}."),
    Step("Which fit?", {"b", "c"}, options=("a", "b", "c"), wrong={"a": "a is too small."}, why="Compare."),
    Step("Which wins?", "b", options=("a", "b"), why="More free is more."),
    Step("Plugin?", "NodeResourcesFit", wrong={"Fit": "Its whole name."}, why="It compares requests."),
]
RIGHT = ["7", ["b", "c"], "b", "NodeResourcesFit"]


def test_all_right_is_said():
    assert check(STEPS, RIGHT) == Feedback(None, "All steps are right.")


@pytest.mark.parametrize(
    ("step", "reply", "says"),
    [
        (0, "", "Step 1 has no answer yet."),
        (0, "seven", "Step 1: write a number."),
        (0, "3.0", "Step 1 is not right yet. That is the difference."),
        (0, "8", "Step 1 is not right yet. Add {both}."),
        (1, ["a", "b", "c"], "Step 2 is not right yet. a is too small."),
        (1, ["b"], "Step 2 is not right yet. Compare."),
        (1, [], "Step 2 is not right yet. Compare."),
        (2, "a", "Step 3 is not right yet. More free is more."),
        (2, "", "Step 3 has no answer yet."),
        (3, "Fit", "Step 4 is not right yet. Its whole name."),
        (3, "noderesourcesfit", "Step 4 is not right yet. It compares requests."),
    ],
)
def test_a_wrong_step_is_found_and_explained(step, reply, says):
    given_answers = [*RIGHT[:step], reply, *RIGHT[step + 1 :]]
    assert check(STEPS, given_answers) == Feedback(step, says)


def test_only_the_first_wrong_step_is_told():
    assert check(STEPS, ["8", [], "a", ""]).wrong == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1/3", Fraction(1, 3)),
        ("0,5", Fraction(1, 2)),
        (" 1 000 ", 1000),
        ("-2.50", Fraction(-5, 2)),
        (".5", Fraction(1, 2)),
    ],
)
def test_numbers_are_read_as_people_write_them(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["", "1x", "1/0", "1e3", "1/", "--1", "1.2.3", "٣a"])
def test_what_is_no_number_is_not_read_as_one(text):
    assert parse_number(text) is None


@given(st.floats(-1e6, 1e6))
def test_the_answer_itself_is_always_right(answer):
    assert check([Step("?", answer)], [f"{answer:.12f}"]).wrong is None


@pytest.mark.parametrize("answer", [{"a", "x"}, "x"])
def test_an_answer_outside_the_options_is_refused(answer):
    with pytest.raises(ValueError, match="is not among the options a, b"):
        Step("?", answer, options=("a", "b"))


def make(seed):
    return Task(
        f"Seed {seed} < 9", [Step("Twice?", 2 * seed, wrong={"0": "Not nothing."})], ["Double `it`."], f"{2 * seed}."
    )


def test_a_page_holds_every_set_of_numbers_and_shows_the_first():
    html = exercise_html(Exercise(make, title="Twice", level=1, seeds=(3, 4)))
    page = BeautifulSoup(html, "html.parser")
    tasks = unpack(page.script.text)
    assert [task["steps"][0]["answer"] for task in tasks] == [6, 8]
    assert tasks[0]["steps"][0]["wrong"] == [[0, "Not nothing."]]
    assert "Seed 3 &lt; 9" in str(page.select_one(".given"))
    assert f'<div class="given">{tasks[0]["given"]}</div>' in html
    assert f'<div class="aids">{tasks[0]["aids"]}</div>' in html


def test_without_scripts_no_control_shows_and_hints_and_solution_are_folded():
    page = BeautifulSoup(exercise_html(Exercise(make, title="Twice", level=1)), "html.parser")
    for control in page.select("input, button"):
        assert control.has_attr("hidden") or control.find_parent(hidden=True)
    assert [fold.summary.text for fold in page("details")] == ["Hint 1 of 1", "A worked solution"]


def test_an_exercise_with_one_set_offers_no_new_numbers():
    html = exercise_html(Exercise(make, title="Twice", level=1, seeds=[1]))
    assert "data-go" not in html
    assert "data-go" in exercise_html(Exercise(make, title="Twice", level=1, seeds=[1, 2]))


@pytest.mark.parametrize("wrong", [{"level": 0}, {"level": 4}, {"level": 1, "seeds": ()}])
def test_an_exercise_has_a_level_and_a_seed(wrong):
    with pytest.raises(ValueError, match="must be 1, 2 or 3, with at least one seed"):
        Exercise(make, title="t", **wrong)


@pytest.fixture
def predict():
    options = {"now": "The queue <waits>.", "later `ok`": "", "never": "Events wake it."}
    reveal = Frame(str(el("p", "The frame")), "says")
    return Predict("When?", options, "later `ok`", "Because **so**.", key="when", reveal=reveal)


def test_the_answer_is_folded_in_the_page(predict):
    page = BeautifulSoup(predict_html(predict), "html.parser")
    fold = page.select_one("details")
    assert not fold.has_attr("open")
    assert "The frame" in fold.text
    assert "The frame" not in page.form.text
    assert page.div["data-answer"] == "1"
    assert [item["data-option"] for item in fold.select("[data-option]")] == ["0", "2"]
    assert json.loads(page.div["data-words"])["right"]


def test_the_verdict_tells_a_wrong_guess_why(predict):
    assert predict.verdict("now") == '<p class="v no"><b>You said “now”.</b> The queue &lt;waits&gt;.</p>'
    assert "and so it is" in predict.verdict("later `ok`")


@pytest.mark.parametrize("options", [["a"], ["b", "c"]])
def test_a_question_needs_two_options_with_the_answer_among_them(options):
    with pytest.raises(ValueError, match="answer 'a' is not one of two or more options"):
        Predict("?", options, "a", "", key="k")


class TestLive:
    """The ipywidgets of questions."""

    def test_the_answer_shows_after_the_guess_and_the_guess_is_remembered(self, predict):
        live = pytest.importorskip("k8smodels.explore.quiz_live")
        live._guesses.clear()
        _ask, choice, commit, said = live.predict_widget(predict).children
        commit.click()
        assert "The frame" not in said.value
        assert "Choose first" in said.value
        choice.value = "now"
        commit.click()
        assert "The frame" in said.value
        assert "You said “now”." in said.value
        again = live.predict_widget(predict).children
        assert (again[1].value, again[1].disabled) == ("now", True)

    def test_a_check_explains_the_first_wrong_step_and_new_numbers_are_new(self):
        live = pytest.importorskip("k8smodels.explore.quiz_live")
        panel = live._Panel(Exercise(lambda seed: Task(f"{seed}", STEPS, [], ""), title="t", level=2, seeds=[5]))
        panel.controls[0][0].value = "7"
        panel.controls[1][0].value = True
        panel.test()
        assert "Step 2 is not right yet. a is too small." in panel.said.value
        panel.show(panel.seed + 1)
        assert panel.seed == 6
        assert (panel.said.value, panel.controls[0][0].value) == ("", "")
