"""The homes of an Explorer: which one shows, and that the light ones stay light."""

import subprocess
import sys

import pytest

from k8smodels.explore import Explorer, Range, Text, Toggle
from k8smodels.explore.homes import STATIC_VARIABLE
from k8smodels.views import Frame


def twice(n, half=False):
    return Frame(f"<p>{n if half else 2 * n}</p>", f"{n}")


@pytest.fixture
def widget():
    return Explorer(twice, title="Twice", n=Range(1, 3, start=2), half=Toggle())


def test_knobs_not_named_stand_at_their_start(widget):
    assert widget.frame() == twice(2)
    assert widget.frame(half=True) == twice(2, half=True)


def test_it_prints_as_it_was_written(widget):
    assert repr(widget) == "Explorer('Twice', n=Range(1, 3, step=1), half=Toggle())"


def test_the_static_home_gives_text_and_html_only(widget, monkeypatch):
    monkeypatch.setenv(STATIC_VARIABLE, "1")
    bundle = widget._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert bundle["text/plain"] == repr(widget)
    assert "data-explorer" in bundle["text/html"]


def test_without_a_kernel_the_first_frame_shows(widget, monkeypatch):
    monkeypatch.delenv(STATIC_VARIABLE)
    html = widget._repr_mimebundle_()["text/html"]
    assert "<p>4</p>" in html
    assert "<form" not in html


def test_with_a_kernel_widgets_show(widget, monkeypatch):
    pytest.importorskip("ipywidgets")
    monkeypatch.delenv(STATIC_VARIABLE)
    monkeypatch.setattr("k8smodels.explore.homes.has_kernel", lambda: True)
    bundle = widget._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"}
    assert bundle["text/plain"] == repr(widget)


def test_the_static_home_imports_neither_ipywidgets_nor_matplotlib():
    code = (
        "import os, sys; os.environ['K8SMODELS_STATIC'] = '1';"
        "from k8smodels.explore import *; from k8smodels.views import Frame;"
        "Explorer(lambda n: Frame('', str(n)), title='t', n=Range(1, 9))._repr_mimebundle_();"
        "Exercise(lambda seed: Task('', [Step('?', seed)], [], ''), title='e', level=1)._repr_mimebundle_();"
        "Predict('?', ['a', 'b'], 'a', '', key='k')._repr_mimebundle_();"
        "print({'ipywidgets', 'matplotlib', 'IPython', 'numpy'} & set(sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out == "set()\n"


class TestLive:
    """The panel with a kernel (ipywidgets work without one, too: nothing is drawn)."""

    @pytest.fixture
    def panel(self, widget):
        return pytest.importorskip("k8smodels.explore.live")._Panel(widget)

    def test_a_move_replaces_the_one_output(self, panel):
        before = len(panel.box.children)
        panel.controls["n"].value = 3
        assert "<p>6</p>" in panel.out.value
        assert "<p>4</p>" not in panel.out.value
        assert len(panel.box.children) == before

    def test_compare_keeps_the_present_frame_beside_the_moving_one(self, panel):
        panel.compare.value = True
        panel.controls["n"].value = 1
        assert "<p>4</p>" in panel.kept.value
        assert "<p>2</p>" in panel.out.value
        panel.compare.value = False
        assert panel.kept.layout.display == "none"

    def test_reset_goes_back_to_the_start(self, panel):
        panel.controls["n"].value, panel.controls["half"].value = 3, True
        panel.reset()
        assert (panel.controls["n"].value, panel.controls["half"].value) == (2, False)
        assert "<p>4</p>" in panel.out.value

    def test_a_defect_of_the_view_does_not_leave_a_stale_frame(self):
        live = pytest.importorskip("k8smodels.explore.live")
        panel = live._Panel(Explorer(lambda n: Frame("<p>fine</p>", str(1 / n)), title="t", n=Range(0, 1, start=1)))
        with pytest.raises(ZeroDivisionError):
            panel.controls["n"].value = 0
        assert "fine" not in panel.out.value
        assert "The model failed at this setting." in panel.out.value

    def test_text_of_the_reader_is_read_and_refused_when_too_long(self):
        live = pytest.importorskip("k8smodels.explore.live")
        widget = Explorer(lambda t: Frame(f"<p>{len(t)}</p>", "read"), title="t", t=Text(cases={"a": "xy", "b": "xyz"}))
        panel = live._Panel(widget)
        case = panel.controls["t"]
        case.menu.value = "b"
        assert "<p>3</p>" in panel.out.value
        case.area.value = "own text"
        assert "<p>8</p>" in panel.out.value
        case.area.value = "x" * 1_000_001
        assert "Too long: must have at most 1,000,000 bytes" in panel.out.value
        panel.reset()
        assert (case.area.value, case.menu.value) == ("xy", "a")
