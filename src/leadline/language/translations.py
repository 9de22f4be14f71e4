"""Bring each language's catalogue up to date with the template and compile it (``make messages``).

``locale/<code>/LC_MESSAGES/leadline.po`` is what translators edit, ``leadline.mo`` what programs read. A new
message stands in the PO file without a translation; one that is gone leaves it.
"""

import datetime as dt
import re
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from leadline.language.extract import TEMPLATE_FILE
from leadline.language.messages import LANGUAGES, LOCALE_FOLDER

#: Catalogues carry no time, so that equal texts give equal files.
_NO_TIME = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def find_catalogue(language: str, folder: Path = LOCALE_FOLDER, domain: str = "leadline") -> Path:
    """Return the PO file of a language (a key of `LANGUAGES`)."""
    return folder / LANGUAGES[language] / "LC_MESSAGES" / f"{domain}.po"


def read_catalogue(language: str, folder: Path = LOCALE_FOLDER, domain: str = "leadline") -> Catalog:
    """Return a language's catalogue as its PO file stands, empty where there is none."""
    path = find_catalogue(language, folder, domain)
    if not path.exists():
        return Catalog(locale=LANGUAGES[language])
    return read_po(BytesIO(path.read_bytes()), locale=LANGUAGES[language])


def update_catalogue(catalogue: Catalog, template: Catalog) -> None:
    """Take new messages of the template into ``catalogue`` and drop those that are gone, in place."""
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    catalogue.creation_date = catalogue.revision_date = _NO_TIME


def write_catalogue(catalogue: Catalog) -> tuple[bytes, bytes]:
    """Return a catalogue as PO and as MO; equal catalogues give equal bytes."""
    po, mo = BytesIO(), BytesIO()
    write_po(po, catalogue, omit_header=True, sort_output=True, include_lineno=False, width=110)
    head = f'msgid ""\nmsgstr ""\n"Language: {catalogue.locale_identifier}\\n"\n'
    head += '"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    write_mo(mo, catalogue)
    return head.encode() + po.getvalue(), mo.getvalue()


def find_faults(catalogue: Catalog, *, has_placeholders: bool = True) -> list[str]:
    """Name the messages without a translation, and those whose placeholders are others.

    Texts with formulas and code, whose braces are no placeholders, are compared without them.
    """
    faults = []
    for message in catalogue:
        if not message.id:
            continue
        forms = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        told = (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))
        if not all(told):
            faults.append(f"not translated: {forms[0][:70]!r}")
        elif has_placeholders and set(_PLACEHOLDER.findall(forms[-1])) != set(_PLACEHOLDER.findall(told[0])):
            faults.append(f"other placeholders: {forms[0][:70]!r}")
    return faults


def renew_catalogues(
    template: Catalog,
    folder: Path = LOCALE_FOLDER,
    domain: str = "leadline",
    *,
    has_placeholders: bool = True,
) -> list[str]:
    """Bring every language's PO and MO file up to date; return what is left to translate."""
    faults = []
    for code in LANGUAGES:
        if code == "en":
            continue
        current = read_catalogue(code, folder, domain)
        update_catalogue(current, template)
        path = find_catalogue(code, folder, domain)
        path.parent.mkdir(parents=True, exist_ok=True)
        written, compiled = write_catalogue(current)
        path.write_bytes(written)
        path.with_suffix(".mo").write_bytes(compiled)
        faults += [f"{code}: {fault}" for fault in find_faults(current, has_placeholders=has_placeholders)]
    return faults


if __name__ == "__main__":
    for left in renew_catalogues(read_po(BytesIO(TEMPLATE_FILE.read_bytes()))):
        print(left)  # noqa: T201 (a command's output)
