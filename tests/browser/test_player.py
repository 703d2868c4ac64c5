"""The rules of the player and of the quiz, on the page with one of every widget."""

import pytest
from widgets_page import EXERCISE, EXPLORERS, board, rollout

from conftest import WIDGETS
from k8smodels.explore.exercise import check

BOARD = "#where-does-web-go"


@pytest.fixture
def seen(visit):
    return visit(WIDGETS)


def says(seen, figure=BOARD):
    return seen.page.locator(f"{figure} .shown > .says").inner_text()


def plain(frame):
    return frame.says.replace("**", "")


def test_a_setting_shows_the_frame_that_the_view_gives(seen):
    seen.page.locator(f"{BOARD} input[type=range]").fill("5")
    seen.page.get_by_role("radio", name="MostAllocated").check()
    seen.page.get_by_label("taint on node-2").select_option("gpu=true,x:PreferNoSchedule")
    seen.page.get_by_label("node-3 is cordoned").check()
    wanted = board(cpu=5, strategy="MostAllocated", taint="b", cordoned=True)
    assert seen.page.locator(f"{BOARD} .frame").inner_html() == wanted.html
    assert says(seen) == plain(wanted)


def test_the_status_waits_until_the_reader_rests(seen):
    slider, status = seen.page.locator(f"{BOARD} input[type=range]"), seen.page.locator(f"{BOARD} > [role=status]")
    slider.fill("1.5")
    slider.fill("5")
    assert status.text_content() == ""
    seen.page.wait_for_timeout(600)
    assert status.text_content() == says(seen)


def test_a_link_brings_the_setting_back(visit):
    first = visit(WIDGETS)
    first.page.locator(f"{BOARD} input[type=range]").fill("3.5")
    first.page.get_by_label("taint on node-2").select_option("gpu=true,x:PreferNoSchedule")
    first.page.locator(f"{BOARD} [data-go=link]").click()
    fragment = first.page.evaluate("location.hash")
    assert fragment == f"{BOARD}:cpu=3.5,strategy=LeastAllocated,taint=b,cordoned=off"
    again = visit(WIDGETS, fragment=fragment)
    again.page.wait_for_function("document.querySelector('.frame .n').textContent === '3.5 of 2'")
    assert again.page.locator(f"{BOARD} output").inner_text() == "3.5 cpu"
    assert again.errors == []


def test_a_changed_fragment_is_followed_and_nonsense_is_ignored(seen):
    seen.page.evaluate("location.hash = 'where-does-web-go:cpu=5,strategy=100%,nobody=1'")
    seen.page.wait_for_function("document.querySelector('.frame .n').textContent === '5 of 2'")
    assert seen.page.get_by_role("radio", name="LeastAllocated").is_checked()
    assert seen.errors == []


def test_a_case_shows_its_text_and_its_error(seen):
    figure = seen.page.locator("#why-is-it-pending")
    figure.locator("select").select_option("bad quantity")
    figure.locator(".frame .error").wait_for()
    assert figure.locator("pre.case").inner_text() == "cpu: 1x"
    assert 'Invalid value: "1x": <quantities>' in figure.locator(".frame").inner_text()


def test_steps_go_forward_and_back_and_stop_at_both_ends(seen):
    figure = seen.page.locator("#a-rolling-update")
    back, forward = figure.get_by_role("button", name="Back"), figure.get_by_role("button", name="Forward")
    assert back.get_attribute("aria-disabled") == "true"
    shown = []
    for _ in range(9):
        forward.click(force=True)  # a button that says it is disabled still takes the focus, and does nothing
        shown.append(figure.locator("output").inner_text())
    assert shown == [f"{min(i, 7)} of 7" for i in range(2, 11)]
    assert forward.get_attribute("aria-disabled") == "true"
    back.click()
    assert says(seen, "#a-rolling-update") == plain(rollout(5))


def test_play_stops_at_the_end_and_at_any_other_control(seen):
    figure = seen.page.locator("#a-rolling-update")
    play = figure.locator("[data-go=play]")
    figure.locator("input").fill("6")
    play.click()
    assert figure.locator("output").inner_text() == "7 of 7"
    seen.page.wait_for_function("document.querySelector('[data-go=play]').getAttribute('aria-pressed') === 'false'")
    play.click()
    assert figure.locator("output").inner_text() == "1 of 7"
    assert play.inner_text() == "Stop"
    figure.get_by_role("button", name="Forward").click()
    assert play.get_attribute("aria-pressed") == "false"
    seen.page.wait_for_timeout(1_500)
    assert figure.locator("output").inner_text() == "2 of 7"


def test_play_is_not_offered_to_readers_who_ask_for_less_motion(seen):
    seen.page.emulate_media(reduced_motion="reduce")
    assert not seen.page.locator("[data-go=play]").is_visible()


def test_compare_keeps_the_present_setting_and_tells_what_differs(seen):
    figure = seen.page.locator(BOARD)
    kept = figure.locator(".frame").inner_html()
    figure.get_by_role("button", name="Compare").click()
    assert figure.locator(".lane-h").all_text_contents() == ["Kept the same setting", "Now the same setting"]
    figure.locator("input[type=range]").fill("4")
    seen.page.wait_for_timeout(60)
    assert figure.locator(".kept .frame").inner_html() == kept
    assert figure.locator(".shown .frame").inner_html() != kept
    assert figure.locator(".lane-h").all_text_contents() == ["Kept cpu request: 1 cpu", "Now cpu request: 4 cpu"]


def test_a_toggle_is_told_in_words(seen):
    figure = seen.page.locator(BOARD)
    figure.get_by_role("button", name="Compare").click()
    figure.get_by_label("node-3 is cordoned").check()
    seen.page.wait_for_timeout(60)
    assert figure.locator(".lane-h").last.text_content() == "Now node-3 is cordoned: on"


def test_an_open_fold_stays_open_when_the_frame_changes(seen):
    figure = seen.page.locator("#a-rolling-update")
    figure.locator("summary").click()
    figure.get_by_role("button", name="Forward").click()
    assert figure.locator("details").get_attribute("open") is not None


def test_a_drawing_is_inline_where_scripts_run_and_follows_the_scheme(visit):
    pages = [visit(WIDGETS, dark=dark).page for dark in (False, True)]
    drawn = [page.locator("#a-rolling-update rect").first for page in pages]
    fills = [rect.evaluate("(rect) => getComputedStyle(rect).fill") for rect in drawn]
    assert fills == ["rgb(227, 232, 238)", "rgb(48, 59, 72)"]


def test_frames_are_unpacked_only_near_the_window(seen):
    assert seen.page.evaluate("Boolean(document.querySelector('.kf[data-explorer]').explorer.data)")
    assert not seen.page.evaluate("Boolean(document.querySelector('.kf[data-exercise]').exercise.tasks)")


def test_the_page_works_from_a_file(chromium, widgets_folder):
    page = chromium.new_page()
    page.goto((widgets_folder / "index.html").as_uri())
    page.locator(f"{BOARD} input[type=range]").fill("5")
    page.wait_for_function("document.querySelector('.frame .n').textContent === '5 of 2'")
    page.close()


def test_a_browser_that_cannot_inflate_keeps_the_first_frame_and_no_dead_control(chromium, widgets_folder):
    page = chromium.new_page()
    page.add_init_script("delete window.DecompressionStream")
    page.goto((widgets_folder / "index.html").as_uri())
    page.locator(f"{BOARD} form").wait_for(state="detached")
    assert page.locator(f"{BOARD} .frame").is_visible()
    page.close()


def test_a_wrong_guess_is_set_beside_the_answer_with_its_reason(seen):
    box = seen.page.locator("[data-predict]")
    box.get_by_label("Never").check()
    box.get_by_role("button", name="Commit").click()
    guess = box.locator(".guess").inner_text()
    assert guess == "You said “Never, it must be created again”. kube-scheduler tries again on events."
    assert box.get_by_label("Never").is_disabled()


ANSWERS = [
    ["", [], "", ""],
    ["x", [], "", ""],
    ["3", [], "", ""],
    ["9", [], "", ""],
    ["7,0", [], "", ""],
    ["14/2", ["node-2", "node-3"], "", ""],
    ["7", ["node-2"], "", ""],
    ["7", ["node-2"], "node-1", ""],
    ["7", ["node-2"], "node-2", "Fit"],
    ["7", ["node-2"], "node-2", "  NodeResourcesFit "],
]


@pytest.mark.parametrize("answers", ANSWERS)
def test_page_and_model_check_alike(seen, answers):
    box = seen.page.locator("[data-exercise]")
    fields = box.locator(".step")
    for i, answer in enumerate(answers):
        if i in (0, 3):
            fields.nth(i).locator("input").fill(answer)
        for name in [answer] if i == 2 else answer if i == 1 else []:
            if name:
                fields.nth(i).get_by_label(name).check()
    box.get_by_role("button", name="Check").click()
    seen.page.wait_for_function("document.querySelector('.said').textContent !== ''")
    found = check(EXERCISE.make(0).steps, answers)
    assert box.locator(".said").inner_text() == found.says.replace("`", "")  # the page writes text, not markup
    marked = fields.evaluate_all("(all) => all.findIndex((field) => field.getAttribute('aria-invalid'))")
    assert marked == (-1 if found.wrong is None else found.wrong)


def test_new_numbers_come_round_again(seen):
    box = seen.page.locator("[data-exercise]")
    first = box.locator(".given").inner_text()
    texts = []
    for i in range(len(EXERCISE.seeds)):
        box.get_by_role("button", name="New numbers").click()
        seen.page.wait_for_function(f"document.querySelector('.said').textContent.includes('{(i + 1) % 8 + 1} of 8')")
        texts.append(box.locator(".given").inner_text())
    assert len(set(texts)) == len(EXERCISE.seeds)
    assert texts[-1] == first


def test_every_widget_of_the_package_stands_on_the_page(seen):
    assert seen.page.locator("[data-explorer]").count() == len(EXPLORERS)
