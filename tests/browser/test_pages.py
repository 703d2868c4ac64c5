"""What holds on every page of the site."""

import pytest
from checks import VISITS

from conftest import REFERENCE

MAX_BYTES = 150_000
MAX_REQUESTS = 20
MAX_LCP_MS = 1_500
MAX_SHIFT = 0.02
REFERENCE_MS = 780
"""When the page `REFERENCE`, fixed for good, paints on the slow phone if the machine does nothing else."""


def test_a_page_is_light_asks_no_other_machine_and_passes_axe_on_a_wide_screen(visit, page):
    seen = visit(page, width=1440)
    seen.page.wait_for_timeout(300)
    assert seen.external == []
    assert seen.failed == []
    assert seen.errors == []
    assert len(seen.weights) <= MAX_REQUESTS, seen.weights
    assert sum(size for size, _url in seen.weights) <= MAX_BYTES, seen.weights
    ids = seen.page.evaluate("[...document.querySelectorAll('[id]')].map((part) => part.id)")
    assert sorted(ids) == sorted(set(ids))
    assert seen.overflow() <= 0
    assert seen.axe() == []


def test_a_page_fits_a_phone_in_the_dark_and_prints_on_white(visit, page):
    seen = visit(page, width=360, dark=True)
    assert seen.overflow() <= 0
    assert seen.axe() == []
    seen.page.emulate_media(media="print")
    assert seen.visible(".kf button") == 0
    figures = seen.page.locator(".kf")
    papers = figures.evaluate_all("(all) => all.map((one) => getComputedStyle(one).getPropertyValue('--k-paper'))")
    assert {paper.strip() for paper in papers} <= {"#ffffff"}
    assert len(seen.page.pdf()) > 5_000


def test_nothing_jumps_on_a_slow_phone(visit, written_page):
    seen = visit(written_page, width=360, slow=True)
    seen.page.wait_for_timeout(800)
    assert seen.page.evaluate("window.paints.shift") <= MAX_SHIFT


@pytest.mark.slow
def test_a_slow_phone_paints_soon(visit, written_page):
    late = []
    for _ in range(VISITS):
        # a busy machine is a slower phone than the one that the limit was set for
        reference = painted(visit, REFERENCE)
        limit = MAX_LCP_MS * max(1, reference / REFERENCE_MS)
        took = painted(visit, written_page)
        if took <= limit:
            return
        late.append((round(took), round(limit)))
    pytest.fail(f"painted after its limit, in ms: {late}")


def painted(visit, page):
    seen = visit(page, width=360, slow=True)
    took = seen.largest_paint()
    seen.close()
    return took


def test_without_scripts_the_text_stands_and_no_dead_control_shows(visit, page):
    seen = visit(page, scripts=False)
    assert len(seen.page.locator("main").first.inner_text()) > 40
    assert seen.visible(".kf :is(button, select, textarea, input:not(.flip))") == 0
    for frame in seen.page.locator(".kf[data-explorer] .frame").all():
        assert frame.is_visible()
        assert frame.bounding_box()["height"] > 10
    for image in seen.page.locator(".kf img.drawing").all():
        assert image.evaluate("(image) => image.complete && image.naturalWidth > 0")
