import datetime as dt

import ipywidgets as widgets
import pytest

from leadline.lab.fields import Field
from leadline.parameters.declared import declared_parameters

LINES = {
    "size": "Share = 0.2",
    "count": "Count = 5",
    "seed": "Seed = 7",
    "cost": "Money = 12.5",
    "maybe": "Count | None = None",
    "as_of": "Date = '2026-01-31'",
    "until": "Date | None = None",
    "names": "Texts = ['a']",
    "columns": "Columns | None = None",
    "loud": "Flag = True",
    "perhaps": "Flag | None = None",
    "language": "Choice['en', 'zh'] = 'en'",
    "method": "Choice['a', 'b'] | None = None",
    "data": "Dataset = 'market'",
    "file": "File | None = None",
    "label": "Text = 'x'",
    "column": "Column = 'x'",
    "key": "Secret | None = None",
}


@pytest.fixture
def make(working_folder):
    source = "\n".join(f"{name}: {line}  # help of {name}" for name, line in LINES.items())
    cell = {"source": source, "metadata": {"tags": ["parameters"]}}
    declared = declared_parameters({"cells": [cell]}, "work")

    def make(name, value=..., language="en"):
        parameter = declared[name]
        return Field(parameter, parameter.default if value is ... else value, language=language)

    return make


def widget_of(field):
    return field.box.children[0]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("size", widgets.FloatText),
        ("count", widgets.IntText),
        ("seed", widgets.IntText),
        ("cost", widgets.FloatText),
        ("maybe", widgets.Text),
        ("as_of", widgets.DatePicker),
        ("names", widgets.TagsInput),
        ("loud", widgets.Checkbox),
        ("perhaps", widgets.Dropdown),
        ("language", widgets.Dropdown),
        ("data", widgets.Combobox),
        ("file", widgets.Text),
        ("key", widgets.Text),
    ],
)
def test_each_type_has_its_widget_labelled_and_explained(make, name, kind):
    field = make(name)
    assert type(widget_of(field)) is kind
    assert widget_of(field).description == name
    assert f"help of {name}" in field.box.children[1].value


@pytest.mark.parametrize("name", LINES)
def test_a_field_left_alone_gives_the_default_back(make, name):
    field = make(name)
    assert field.value == field.parameter.default
    assert field.problem == ""


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("as_of", dt.date(2026, 2, 1), "2026-02-01"),
        ("names", ["a", "b"], ["a", "b"]),
        ("columns", [], None),
        ("maybe", "12", "12"),
        ("maybe", "", None),
        ("perhaps", False, False),
        ("until", None, None),
    ],
)
def test_what_is_entered_is_what_a_notebook_would_write(make, name, value, wanted):
    field = make(name)
    widget_of(field).value = value
    assert field.value == wanted
    assert field.problem == ""


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("size", 1.5, "size == 1.5, must be a share from 0 to 1"),
        ("count", -1, "count == -1, must be a whole number, 0 or more"),
        ("maybe", "many", "maybe == &#x27;many&#x27;, must be a whole number"),
        ("as_of", None, "as_of is empty, must be a date"),
        ("data", "markt", "Did you mean &#x27;market&#x27;?"),
        ("key", "s3cret", "key must name where the secret is kept"),
        ("file", "<b>.csv", "&lt;b&gt;.csv"),
    ],
)
def test_a_value_that_does_not_fit_is_explained_beside_its_field(make, name, value, said):
    field = make(name)
    widget_of(field).value = value
    below = field.box.children[1].value
    assert said in below
    assert 'role="alert"' in below
    assert "leadline-wrong" in field.box._dom_classes
    widget_of(field).value = make(name).box.children[0].value if name != "as_of" else dt.date(2026, 1, 1)
    assert "alert" not in field.box.children[1].value
    assert "leadline-wrong" not in field.box._dom_classes


@pytest.mark.covers("parameters", "secret_in_lab")
def test_a_secret_given_in_clear_is_never_repeated(make):
    field = make("key")
    widget_of(field).value = "s3cret"
    assert "s3cret" not in field.box.children[1].value


def test_a_value_of_another_type_is_shown_as_it_is_and_explained(make):
    field = make("size", "a lot")
    assert field.value == "a lot"
    assert "must be a share" in field.problem
    assert make("language", "fr").problem.startswith("language == 'fr'")


def test_known_tables_are_suggested(make):
    assert {"market", "coil2000"} <= set(widget_of(make("data")).options)
