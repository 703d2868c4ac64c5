"""Complaints are those of pflag and of kubectl's builder (v1.37)."""

import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8smodels.controlplane import Cluster
from k8smodels.controlplane.kubectl import KubectlError
from k8smodels.controlplane.kubectl.ages import human_duration, rfc1123
from k8smodels.controlplane.kubectl.parse import MAX_CHARACTERS, Flag, parse, split
from k8smodels.controlplane.kubectl.tabwriter import align

FLAGS = (Flag("namespace", "n"), Flag("all", "A", takes_value=False), Flag("cascade", alone="background"))


@pytest.fixture(scope="module")
def cluster():
    return Cluster.of(1)


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        (["-n", "x"], {"namespace": "x"}),
        (["-nx"], {"namespace": "x"}),
        (["-n=x"], {"namespace": "x"}),
        (["--namespace=x"], {"namespace": "x"}),
        (["--namespace", "x"], {"namespace": "x"}),
        (["-An", "x"], {"all": "true", "namespace": "x"}),
        (["--all=false"], {"all": "false"}),
        (["--cascade"], {"cascade": "background"}),
        (["--cascade=orphan"], {"cascade": "orphan"}),
    ],
)
def test_a_flag_in_every_spelling(words, flags):
    assert parse(["get", *words, "pods"], FLAGS, "kubectl") == parse(["get", "pods", *words], FLAGS, "kubectl")
    assert parse(words, FLAGS, "kubectl").flags == flags


def test_nothing_is_a_flag_after_two_dashes():
    assert parse(["a", "--", "-n", "b"], FLAGS, "kubectl").words == ("a", "-n", "b")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("get pods -x", "error: unknown shorthand flag: 'x' in -x\nSee 'kubectl get --help' for usage."),
        ("get pods --foo=1", "error: unknown flag: --foo\nSee 'kubectl get --help' for usage."),
        ("get pods -o", "error: flag needs an argument: 'o' in -o\nSee 'kubectl get --help' for usage."),
        ("get pods --output", "error: flag needs an argument: --output\nSee 'kubectl get --help' for usage."),
        ("get pods ---x", "error: bad flag syntax: ---x\nSee 'kubectl get --help' for usage."),
        ("frobnicate", 'error: unknown command "frobnicate" for "kubectl"'),
        ("rollout frobnicate", "error: unknown command \"frobnicate\"\nSee 'kubectl rollout -h' for help and examples"),
        ("get foo", 'error: the server doesn\'t have a resource type "foo"'),
        ("get foo.bar", 'error: the server doesn\'t have a resource type "foo" in group "bar"'),
        ("get pod/a/b", "error: arguments in resource/name form may not have more than one slash"),
        ("get pod/ ", "error: arguments in resource/name form must have a single resource and name"),
        ("get pods x -l a=b", "error: name cannot be provided when a selector is specified"),
        ("get pods x -A", "error: a resource cannot be retrieved by name across all namespaces"),
        (
            "get pods -l 'a in'",
            'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label'
            " selector \"a in\", field selector \"\": unable to parse requirement: found '' expected: '('",
        ),
        (
            "get deploy --field-selector spec.x=1",
            'Error from server (BadRequest): Unable to find "apps/v1,'
            ' Resource=deployments" that match label selector "", field selector "spec.x=1": "spec.x" is not a known'
            ' field selector: only "metadata.name", "metadata.namespace"',
        ),
        (
            "get pods -o custom",
            'error: unable to match a printer suitable for the output format "custom", allowed'
            " formats are: json,name,wide,yaml",
        ),
        (
            "scale deploy x --replicas=many",
            'error: invalid argument "many" for "--replicas" flag: strconv.ParseInt: parsing "many": invalid syntax',
        ),
        (
            "scale deploy x",
            "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0",
        ),
        ("delete pods", "error: resource(s) were provided, but no name was specified"),
        ("get pods 'x", "error: unexpected EOF while looking for matching quote"),
        ("apply -f web.yaml", 'error: the path "web.yaml" does not exist'),
        ("apply", "error: must specify one of -f and -k"),
        ("drain", "error: USAGE: drain NODE [flags]\nSee 'kubectl drain -h' for help and examples"),
        ("rollout status", "error: required resource not specified"),
    ],
)
def test_what_is_wrong_is_said_in_kubectls_words(cluster, line, text):
    shown = cluster.kubectl(line)
    assert (shown, shown.exit_code) == (text, 1)


def test_the_word_kubectl_and_flags_before_the_command_are_fine(cluster):
    assert cluster.kubectl("kubectl -n kube-system get pods") == "No resources found in kube-system namespace."


def test_flags_by_name_are_the_same_as_typed_ones(cluster):
    assert cluster.get("nodes", output="wide", show_labels=True) == cluster.kubectl("get nodes -o wide --show-labels")


def test_a_long_line_is_refused_and_not_repeated(cluster):
    shown = cluster.kubectl("get " + "x" * MAX_CHARACTERS)
    assert shown.exit_code == 1
    assert len(shown) < 200
    assert len(cluster.kubectl("get pods " + "x" * 5000)) < 400


def test_a_notebook_shows_the_text_as_it_is(cluster):
    shown = cluster.get("ns")
    assert repr(shown) == shown


WORDS = st.sampled_from(
    "get describe delete scale rollout status undo history logs top pod apply drain cordon pods deploy/web node-1 -l"
    " -o yaml wide -A --replicas=3 -f - --timeout=1s --all -n , / x=y <b> '' -- -".split()
)


@given(st.lists(WORDS | st.text(max_size=8), max_size=6))
@settings(max_examples=150, deadline=None)
def test_no_line_raises(words):
    shown = Cluster().kubectl(shlex.join(words), "not: [yaml")
    assert shown.exit_code in (0, 1)
    assert "Traceback" not in shown


@given(st.lists(st.text(max_size=20), max_size=5))
def test_a_quoted_word_stays_one_word(words):
    assert split(shlex.join(words)) == words


def test_a_line_without_cells_ends_a_column():
    assert align("a\tb\nlonger\tc\n\nx\ty") == "a       b\nlonger  c\n\nx  y"
    with pytest.raises(KubectlError):
        split('"')


@given(st.lists(st.lists(st.text("ab", max_size=6), min_size=2, max_size=4), min_size=1, max_size=6))
def test_columns_begin_at_the_same_place(rows):
    width = max(len(row[0]) for row in rows) + 3
    for row, line in zip(rows, align("\n".join("\t".join(row) for row in rows), padding=3).split("\n"), strict=True):
        assert line[:width] == row[0].ljust(width)
        assert line[width:].startswith(row[1])


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-2, "<invalid>"),
        (-1, "0s"),
        (119.9, "119s"),
        (120, "2m"),
        (599, "9m59s"),
        (600, "10m"),
        (3 * 3600 - 1, "179m"),
        (3 * 3600, "3h"),
        (8 * 3600 - 1, "7h59m"),
        (8 * 3600, "8h"),
        (48 * 3600, "2d"),
        (8 * 86400 - 1, "7d23h"),
        (8 * 86400, "8d"),
        (2 * 365 * 86400, "2y"),
        (3 * 365 * 86400 + 86400, "3y1d"),
        (9 * 365 * 86400, "9y"),
    ],
)
def test_ages_have_two_or_three_digits_that_matter(seconds, text):
    assert human_duration(seconds) == text


def test_times_in_descriptions_do_not_depend_on_the_locale():
    assert rfc1123("2026-03-04T10:00:00Z") == "Wed, 04 Mar 2026 10:00:00 +0000"
