"""A page with one of every widget, for tests of the widgets themselves."""

import shutil
from pathlib import Path

import k8smodels.explore
from k8smodels.explore import Choice, Exercise, Explorer, Predict, Range, Step, Steps, Task, Text, Toggle
from k8smodels.explore.player import figure
from k8smodels.explore.predict import predict_html
from k8smodels.explore.quiz_html import exercise_html
from k8smodels.views import Frame, Html, el, join

ASSETS = Path(k8smodels.explore.__file__).parent / "assets"
PLAIN = "body{margin:0;background:var(--k-paper);color:var(--k-text)}main{max-width:43rem;margin:auto;padding:1rem}"
FILES = ("tokens.css", "frames.css", "k8s-explorer.js", "k8s-quiz.js")


def board(cpu: float, strategy: str, taint: str, cordoned: bool) -> Frame:
    """A cluster board of three nodes."""
    free = {"node-1": 2, "node-2": 4, "node-3": 0 if cordoned else 8}
    fits = [name for name, left in free.items() if left >= cpu and not (taint and name == "node-2")]
    best = (fits[-1] if strategy == "LeastAllocated" else fits[0]) if fits else None
    rows = [
        el(
            "li",
            el(
                "div",
                el("span", el("b", name, class_="ob node"), class_="name"),
                el("p", el("b", "chosen" if name == best else "fits" if name in fits else "Insufficient cpu"))
                if name not in fits
                else el(
                    "p", el("b", "chosen" if name == best else "fits"), class_="v pick" if name == best else "v ok"
                ),
                class_="top",
            ),
            el(
                "ul",
                el(
                    "li",
                    el("span", "cpu"),
                    el("span", el("i", class_=f"w{int(cpu * 10)} new"), class_="tr", aria_hidden="true"),
                    el("span", f"{cpu:g} of {left}", class_="n"),
                ),
                class_="bars",
            ),
            class_="on" if name == best else None,
        )
        for name, left in free.items()
    ]
    says = f"**{best}** is chosen. {len(fits)} of 3 nodes pass." if best else "0/3 nodes are available."
    return Frame(el("ol", *rows, class_="board"), says)


def rollout(step: int) -> Frame:
    """A drawing with a title, as a view over time has."""
    drawing = el(
        "svg",
        el("title", f"{step} of 6 pods are new"),
        *(el("rect", class_="newp" if i < step else "old", height=40, width=40, x=10 + 50 * i, y=20) for i in range(6)),
        el("text", f"step {step}", x=10, y=90),
        class_="chart",
        role="img",
        viewBox="0 0 320 100",
    )
    return Frame(
        join([drawing, el("details", el("summary", "Numbers"), el("p", f"{step} new"))]), f"{step} of 6 pods are new."
    )


def pending(manifest: str) -> Frame:
    """A view over text that refuses bad input."""
    if "1x" in manifest:
        raise ValueError('spec.containers[0].resources.requests[cpu]: Invalid value: "1x": <quantities> must match')
    return Frame(el("pre", manifest), f"{len(manifest.splitlines())} lines read.")


EXPLORERS = [
    Explorer(
        board,
        title="Where does `web` go?",
        note="Raise the request until a node drops out.",
        cpu=Range(0.5, 8, step=0.5, unit="cpu", label="cpu request", start=1),
        strategy=Choice("LeastAllocated", "MostAllocated", label="scoring"),
        taint=Choice(
            {"": "none", "a": "gpu=true:NoSchedule", "b": "gpu=true,x:PreferNoSchedule", "c": "中文"},
            label="taint on node-2",
        ),
        cordoned=Toggle(label="`node-3` is cordoned"),
    ),
    Explorer(rollout, title="A rolling update", step=Steps(7, label="step")),
    Explorer(
        pending,
        title="Why is it Pending?",
        manifest=Text(label="pod", cases={"fits": "kind: Pod\nname: web\n" + "x: 1\n" * 30, "bad quantity": "cpu: 1x"}),
    ),
]

PREDICT = Predict(
    "A pod asks for 6 cpu. The largest free node has 4. When does it start?",
    {
        "Within five minutes": "No resync starts it.",
        "When a pod is deleted and its backoff is over": "",
        "Never, it must be **created** again": "`kube-scheduler` tries again on events.",
    },
    "When a pod is deleted and its backoff is over",
    "`NodeResourcesFit` waits for that event.",
    key="pending-6-cpu",
    reveal=rollout(3),
)


def make_task(seed: int) -> Task:
    """Free cpu of two nodes, in three steps."""
    first, second = 2 + seed, 5 + seed
    return Task(
        text=f"`node-1` has {first} cpu free, `node-2` has {second}.",
        steps=[
            Step(
                "How much is free together?",
                first + second,
                unit="cpu",
                wrong={str(second - first): "That is the difference: add."},
                why="Add what both nodes have.",
            ),
            Step(
                "Which nodes fit a pod of 4 cpu?",
                {name for name, free in (("node-1", first), ("node-2", second)) if free >= 4},
                options=("node-1", "node-2", "node-3"),
                wrong={"node-3": "There is no `node-3`."},
                why="Compare each node with the request.",
            ),
            Step("Which scores more?", "node-2", options=("node-1", "node-2"), why="More free is more."),
            Step("Which plugin says so?", "NodeResourcesFit", why="It compares requests."),
        ],
        hints=["Look at requests.", "Add them."],
        solution=f"{first} + {second} = {first + second}.",
    )


EXERCISE = Exercise(make_task, title="Free cpu", level=1)


def build(folder: Path) -> Path:
    """Write the page and its files; gives the page."""
    for name in FILES:
        shutil.copy(ASSETS / name, folder / name)
    widgets = [*map(figure, EXPLORERS), predict_html(PREDICT), exercise_html(EXERCISE)]
    links = [el("link", href=name, rel="stylesheet") for name in FILES[:2]]
    scripts = [el("script", defer=True, src=name) for name in FILES[2:]]
    style = el("style", Html(PLAIN))
    meta = [
        el("meta", charset="utf-8"),
        el("meta", content="width=device-width", name="viewport"),
        el("link", href="data:,", rel="icon"),
        el("title", "Widgets"),
    ]
    body = el("body", el("main", el("h1", "Widgets"), *widgets))
    page = folder / "index.html"
    html = el("html", el("head", *meta, *links, *scripts, style), body, lang="en", data_theme="light")
    page.write_text("<!doctype html>" + html, encoding="utf-8")
    return page
