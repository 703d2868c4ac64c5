"""Scenes of the chapter on images about building: the cache, and the reader's own Dockerfile."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from k8smodels.i18n import _
from k8smodels.images import Build, Image, build, diff, file_tree, image_layer, parse_dockerfile
from k8smodels.images.build import lines_with_layers
from k8smodels.images.layer import FileTree
from k8smodels.images.run_effects import RunEffect
from k8smodels.scenes.images import MB, base_image
from k8smodels.views.frame import Frame
from k8smodels.views.html import join
from k8smodels.views.images import build_table, byte_bars, instruction_table, size

PYTHON = "python:3.13-slim"
ALL_FIRST = ["COPY . .", "RUN pip install -r requirements.txt"]
LIST_FIRST = ["COPY requirements.txt .", "RUN pip install -r requirements.txt", "COPY . ."]
ORDERS = ("all first", "list first")
END = ["ENV MODE=production", 'CMD ["python", "app.py"]']
FILES = {"app.py": "print(1)", "README.md": "read me", "requirements.txt": "flask==3.1"}
EDITS = ("nothing", "README.md", "app.py", "requirements.txt", "ENV")


def installing(when: str) -> Mapping[str, RunEffect]:
    """What the commands do; a program that is compiled anew holds the time, so that its layer is another one."""
    return {
        "apt-get update && apt-get install -y gcc": {"usr/bin/gcc": 40 * MB},
        "pip install -r requirements.txt": {"venv/lib/flask.py": 20 * MB, "venv/lib/flask.pyc": when},
    }


@cache
def python() -> Image:
    """The base image of the app."""
    return base_image(PYTHON, image_layer(diff({}, file_tree({"usr/bin/python3": 50 * MB}))))


def dockerfile(order: str, staged: bool, mode: str = "production") -> str:
    """The app's Dockerfile: what is copied when, in one stage or two."""
    copies = ALL_FIRST if order == "all first" else LIST_FIRST
    tools = "RUN apt-get update && apt-get install -y gcc"
    end = [END[0].replace("production", mode), END[1]]
    if not staged:
        return "\n".join([f"FROM {PYTHON}", tools, "WORKDIR /app", *copies, *end])
    first = [f"FROM {PYTHON} AS build", tools, "WORKDIR /app", *copies[:2]]
    return "\n".join([*first, f"FROM {PYTHON}", "WORKDIR /app", "COPY --from=build /venv /venv", "COPY . .", *end])


def context(edited: str) -> FileTree:
    """The files beside the Dockerfile, one of them edited."""
    return file_tree({name: text + " #" if name == edited else text for name, text in FILES.items()})


@cache
def first_build(order: str, staged: bool) -> Build:
    """The build before the edit."""
    return build(dockerfile(order, staged), context("nothing"), runs=installing("before"), images={PYTHON: python()})


def build_again(order: str, edited: str, staged: bool) -> Build:
    """The build after the edit, with the cache of the build before."""
    before = first_build(order, staged)
    text = dockerfile(order, staged, "debug" if edited == "ENV" else "production")
    return build(text, context(edited), runs=installing("after"), images={PYTHON: python()}, cache=before.cache)


def building(order: str, edited: str, staged: bool) -> Frame:
    """Each step of the build after an edit, and what it costs."""
    done = build_again(order, edited, staged)
    known = {layer.blob.digest for layer in first_build(order, staged).image.layers}
    fresh = sum(layer.blob.size_bytes for layer in done.image.layers if layer.blob.digest not in known)
    whole = sum(layer.blob.size_bytes for layer in done.image.layers)
    bars = byte_bars([(_("image"), whole, ""), (_("to push"), fresh, "new")], 120 * MB)
    return Frame(join([build_table(done), bars]), _building_says(done, fresh))


def _building_says(done: Build, fresh_bytes: int) -> str:
    ran = [step for step in done.steps if step.verdict == "run"]
    of = sum(bool(step.key) for step in done.steps)
    if not ran:
        return _("All {of} steps with files come from the cache; no layer is new.").format(of=of)
    commands = sum(step.instruction.name == "RUN" for step in ran)
    said = _("Run anew: **{n}** of {of} steps with files, {commands} of them commands. New layers to push: **{size}**.")
    return said.format(n=len(ran), of=of, commands=commands, size=size(fresh_bytes))


# The reader's own Dockerfile.


def layers_of(text: str) -> Frame:
    """Which lines of a Dockerfile make layers, and which of them the image has."""
    parsed = parse_dockerfile(text)
    lines = lines_with_layers(parsed)
    last = parsed.stages[-1]
    inside = sum(item.line in lines for item in last.instructions)
    says = _("Layers that the last stage adds to those of `{base}`: **{n}**.").format(n=inside, base=last.base)
    return Frame(instruction_table(parsed, lines), says)


def dockerfiles() -> dict[str, str]:
    """Dockerfiles to try, one of them with a mistake."""
    go = """# a server in Go
FROM golang:1.26 AS build
WORKDIR /src
COPY . .
RUN go build -o /server .

FROM gcr.io/distroless/static
COPY --from=build /server /server
USER 65532
EXPOSE 8080
ENTRYPOINT ["/server"]"""
    mistake = """FROM alpine:3
RUN apk add curl
DELETE /tmp/key.pem
CMD ["/app.sh"]"""
    return {"two stages": go, "one stage": dockerfile("list first", False), "a mistake": mistake}
