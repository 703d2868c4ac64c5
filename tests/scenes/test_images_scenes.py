"""The examples of the chapter on images show what its text says they show."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8smodels.images import DockerfileError, image_usage, read_image
from k8smodels.images.reference import ReferenceFormatError
from k8smodels.scenes import images as scenes
from k8smodels.scenes import images_build as builds
from k8smodels.scenes import images_diagnosis as diagnosis
from k8smodels.scenes import images_exercises as exercises
from k8smodels.scenes import images_exercises_node as node_exercises
from k8smodels.scenes import images_files as files
from k8smodels.scenes import images_node as nodes

TINY = Path(__file__).parents[2] / "book" / "files" / "tiny-image"
EXERCISES = [
    exercises.rebuilt,
    exercises.bytes_pulled,
    node_exercises.which_layer_answers,
    node_exercises.completed_name,
    diagnosis.too_large,
]


def stored(way: str) -> int:
    return sum(layer.blob.size_bytes for layer in scenes.deleted(way).image.layers)


def test_deleting_in_a_later_step_makes_the_image_larger() -> None:
    assert 0 < stored("later") - stored("not at all") < 10_000
    assert image_usage(scenes.deleted("later").image).wasted_bytes == 100 * scenes.MB


@pytest.mark.parametrize("way", ["same step", "stage"])
def test_deleting_in_the_same_step_or_stage_wastes_nothing(way: str) -> None:
    assert image_usage(scenes.deleted(way).image).wasted == ()
    assert stored("later") - stored(way) > 100 * scenes.MB
    assert scenes.deleting(way).says.startswith("The image has **95.007 MB**")


def test_three_of_seven_steps_make_a_layer() -> None:
    assert scenes.layers_added() == 3
    says = [scenes.one_step(step).says for step in range(1, scenes.STEP_COUNT)]
    assert ["a layer" in text for text in says] == [False, True, True, True, False, False, False]


@pytest.mark.parametrize(
    ("change", "marks"), [("nothing", 0), ("upper", 5), ("lower", 7), ("label", 2), ("compression", 4)]
)
def test_a_change_renames_what_contains_it_and_nothing_else(change: str, marks: int) -> None:
    assert scenes.identity(change).html.count("<mark>") == marks


def test_a_base_that_the_node_has_is_not_moved_again() -> None:
    assert "**10 MB** moved" in nodes.pulling(3, "shared", True).says
    assert "**125 MB** moved" in nodes.pulling(3, "shared", False).says
    assert "**355 MB** moved" in nodes.pulling(3, "own", True).says


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("etc/conf", "**lower 3** answers"),
        ("etc/motd", "**lower 1** answers"),
        ("etc/old", "**No such file or directory**"),
        ("var/x", "**No such file or directory**"),
        ("var", "**lower 2** answers"),
        ("etc/nope", "**No such file or directory**"),
    ],
)
def test_the_uppermost_layer_answers(path: str, answer: str) -> None:
    assert answer in nodes.looking(path).says


def test_one_byte_copies_a_file_up_once() -> None:
    says = [nodes.writing(step).says for step in range(nodes.WRITING_STEPS)]
    assert len(says) == len(nodes.writing_story())
    assert says[2].endswith("**copied up**: 1,048,576 B.")
    assert says[3].endswith("Copied up: 0 B.")
    assert "EXDEV" in says[8]


@pytest.mark.parametrize("edited", builds.EDITS)
def test_who_copies_the_list_first_installs_again_only_when_the_list_changes(edited: str) -> None:
    def installs(order: str, staged: bool) -> bool:
        steps = builds.build_again(order, edited, staged).steps
        return any(step.verdict == "run" and "pip" in step.instruction.text for step in steps)

    assert installs("list first", False) == installs("list first", True) == (edited == "requirements.txt")
    assert installs("all first", False) == (edited in builds.FILES)


def test_tools_of_another_stage_are_not_in_the_image() -> None:
    one, two = (builds.first_build("list first", staged).image for staged in (False, True))
    assert one.blob_bytes - two.blob_bytes > 39 * scenes.MB


def test_a_dockerfile_with_a_mistake_is_refused_with_its_line() -> None:
    texts = builds.dockerfiles()
    assert builds.layers_of(texts["two stages"]).says.endswith("**1**.")
    with pytest.raises(DockerfileError, match="Dockerfile:3: unknown instruction: DELETE"):
        builds.layers_of(texts["a mistake"])


def test_what_a_reader_writes_is_escaped() -> None:
    assert "<script>" not in builds.layers_of("FROM a\nRUN <script>alert(1)</script>").html


def test_a_name_is_completed_and_a_wrong_one_refused() -> None:
    names = nodes.names()
    assert "`docker.io/library/nginx:latest`" in nodes.reading_name(names["nginx"]).says
    assert nodes.reading_name(names["a port"]).html.count("<mark>") == 1
    assert "A tag beside a digest is not looked at" in nodes.reading_name(names["a digest"]).says
    with pytest.raises(ReferenceFormatError, match="must be lowercase"):
        nodes.reading_name(names["a mistake"])


def test_a_full_disk_takes_the_longest_unused_images_first() -> None:
    assert nodes.collecting("80").says == "Below 85 %: nothing is removed."
    assert nodes.collecting("88").html.count("removed for space") == 3
    assert "Insufficient free disk space" in nodes.collecting("96").html
    assert nodes.collecting("80, old").html.count("removed for age") == 2


def test_the_image_on_the_disk_is_what_the_models_make() -> None:
    there, made = read_image(TINY), files.tiny_image()
    assert [layer.diff_id for layer in there.layers] == [layer.diff_id for layer in made.layers]
    assert there.id == made.id
    assert sum(path.stat().st_size for path in TINY.rglob("*") if path.is_file()) < 20_000


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_gives_the_same_task_for_a_seed_and_others_for_others(exercise) -> None:
    assert exercise(1) == exercise(1)
    assert len({exercise(seed).text for seed in range(12)}) > 3


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_answers_of_an_exercise_vary(exercise) -> None:
    assert len({str(exercise(seed).steps[0].answer) for seed in range(20)}) > 2


def test_the_measured_figures_agree_with_the_models() -> None:
    html = files.measured(TINY.parent / "measured-images.json").html
    assert html.count("1,048,576") == 1
    assert "mounted" in html
    assert "refused" in html
    assert '<td class="r nw">0</td>' in html
