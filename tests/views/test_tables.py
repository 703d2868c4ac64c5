"""A table names each row by its first cell and escapes all of them."""

from k8smodels.views.html import el
from k8smodels.views.tables import table


def test_the_first_cell_heads_its_row_and_text_is_escaped() -> None:
    html = table(["`node`", "cpu"], [["<b>", 2]])
    assert '<th scope="col">node</th>' in html
    assert '<th class="nw" scope="row">&lt;b&gt;</th><td>2</td>' in html


def test_cells_that_are_html_stay_as_they_are() -> None:
    assert "<td><mark>2 &lt; 3</mark></td>" in table(["node", "cpu"], [["node-1", el("mark", "2 < 3")]])
