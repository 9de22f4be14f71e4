from itertools import count

from nbformat import v4

from leadline.lab.order import judge_order


def notebook(*cells):
    """Cells given as (source, execution count), each under a heading of its own."""
    made = v4.new_notebook()
    for number, (source, ran) in zip(count(1), cells):
        made.cells += [
            v4.new_markdown_cell(f"## Step {number}"),
            v4.new_code_cell(source, execution_count=ran),
        ]
    return made


IN_ORDER = notebook(("a = 1", 3), ("check_parameters(globals())", 4), ("", None), ("b = a", 7))
RAN = {3: "a = 1", 4: "check_parameters(globals())", 7: "b = a\n"}


def test_a_notebook_that_ran_from_top_to_bottom_leaves_no_doubt():
    assert judge_order(IN_ORDER, RAN) == []


def test_a_cell_that_never_ran_is_told_with_its_step():
    (doubt,) = judge_order(notebook(("a = 1", 1), ("b = 2", None), ("c = 3", None)), {1: "a = 1"})
    assert doubt == "2 cells were not run; the first of them is at the step “Step 2”."


def test_cells_out_of_order_are_told():
    (doubt,) = judge_order(notebook(("a = 1", 2), ("b = 2", 1)), {1: "b = 2", 2: "a = 1"})
    assert "from top to bottom" in doubt
    assert "“Step 2”" in doubt


def test_a_cell_changed_after_it_ran_or_run_by_an_earlier_kernel_is_told():
    (doubt,) = judge_order(IN_ORDER, RAN | {7: "b = a + 1"})
    assert "1 cell was changed after it ran" in doubt
    assert "“Step 4”" in doubt
    assert "3 cells were changed" in judge_order(IN_ORDER, {})[0]


def test_results_of_earlier_parameters_are_told_but_not_the_cells_that_set_them():
    (doubt,) = judge_order(IN_ORDER, RAN, applied_at=8)
    assert "1 cell ran before the parameters were changed" in doubt
    assert judge_order(IN_ORDER, RAN, applied_at=7) == []


def test_the_form_and_the_export_are_not_judged():
    shown = notebook(
        ("check_parameters(globals())", 1), ("parameter_form()", 2), ("b = 1", 5), ("export_report()", None)
    )
    ran = {1: "check_parameters(globals())", 2: "parameter_form()", 5: "b = 1"}
    assert judge_order(shown, ran, applied_at=4) == []
