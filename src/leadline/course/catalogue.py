"""The labs' own catalogue, beside them (``make messages``)."""

from babel.messages.catalog import Catalog

from leadline.course.labs import LABS_DOMAIN, LABS_LOCALE, find_texts, list_labs, read_lab
from leadline.language.translations import renew_catalogues


def collect_lab_texts() -> Catalog:
    """Return all texts of the labs, without translations."""
    catalogue = Catalog(project="leadline", charset="utf-8")
    for path in list_labs():
        for text in find_texts(read_lab(path)):
            catalogue.add(text, "", locations=[(path.name, 0)])
    return catalogue


if __name__ == "__main__":
    for left in renew_catalogues(collect_lab_texts(), LABS_LOCALE, LABS_DOMAIN, has_placeholders=False):
        print(left)  # noqa: T201 (a command's output)
