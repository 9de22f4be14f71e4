"""Public tables fetched from a folder, a mirror or their publisher, checked by SHA-256 and kept."""

import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from leadline.data.sources import hash_file
from leadline.datasets import Packing, PublicDataset, PublicTable, find_public
from leadline.datasets.named import CACHE_VARIABLE, cache_folder, fetched_file
from leadline.durable import scratch_folder, sync_to_disk
from leadline.errors import DataError
from leadline.language import _, join_sentences

#: Environment variable that names a folder or a mirror (``https://…``) of the public tables.
SOURCE_VARIABLE = "LEADLINE_PUBLIC_DATA"
_TIMEOUT_SECONDS = 30
_UNPACKED_LIMIT_BYTES = 1 << 28


class _UnfitError(Exception):
    """A file could not be had, or is not what it should be; the text says why and what to do."""


def fetch_dataset(name: str) -> list[Path]:
    """Bring the tables of a public data set into the cache and return their files.

    They come from the folder or mirror that ``LEADLINE_PUBLIC_DATA`` names and from nowhere else, or from
    their publisher if it names none. A table that is there already and sound stays. Nothing is kept that is
    not, byte for byte, the table that was declared.

    Raises
    ------
    DataError
        If a table could not be had, with every place tried: what was wrong there, and what to do.
    """
    dataset = find_public(name)
    wanted = {table.name for table in dataset.tables if not _is_sound(dataset, table)}
    problems = [] if os.environ.get(SOURCE_VARIABLE) else _name_unpublished(dataset, wanted)
    with _make_work_folder(name) as work:
        for address, offers in _find_offers(dataset).items():
            asked = [(table, packing) for table, packing in offers if table.name in wanted]
            if not asked:
                continue
            packed = work / asked[0][1].file
            try:
                _bring(address, packed, f"{name}/{packed.name}")
            except _UnfitError as error:
                problems.append(str(error))
                continue
            for table, packing in asked:
                try:
                    _keep(
                        table, _unpack(packed, packing.members, address), fetched_file(dataset, table), work
                    )
                    wanted.remove(table.name)
                except _UnfitError as error:
                    problems.append(str(error))
    if wanted:
        raise DataError(_("{name} could not be fetched whole", name=name), problems)
    return [fetched_file(dataset, table) for table in dataset.tables]


def _is_sound(dataset: PublicDataset, table: PublicTable) -> bool:
    file = fetched_file(dataset, table)
    return file.is_file() and hash_file(file) == table.sha256


def _find_offers(dataset: PublicDataset) -> dict[str, list[tuple[PublicTable, Packing]]]:
    """Return what each address offers, so that a file which packs several tables is brought once."""
    source = os.environ.get(SOURCE_VARIABLE, "").rstrip("/")
    offers: dict[str, list[tuple[PublicTable, Packing]]] = {}
    for table in dataset.tables:
        for packing in table.packings:
            address = f"{source}/{dataset.name}/{packing.file}" if source else packing.url
            if address:
                offers.setdefault(address, []).append((table, packing))
    return offers


def _name_unpublished(dataset: PublicDataset, wanted: set[str]) -> list[str]:
    return [
        _(
            "{file}: its publisher gives it as R data only ({page}), which leadline cannot read. {advice}",
            file=table.file,
            page=dataset.page,
            advice=_advise_folder(f"{dataset.name}/{table.packings[0].file}"),
        )
        for table in dataset.tables
        if table.name in wanted and not any(packing.url for packing in table.packings)
    ]


def _advise_folder(file: str) -> str:
    return _(
        "Set {source_variable} to a folder, or to the address of a mirror, that holds {file}.",
        source_variable=SOURCE_VARIABLE,
        file=file,
    )


@contextmanager
def _make_work_folder(name: str) -> Iterator[Path]:
    """Give a folder beside the final places, so that a table appears there whole or not at all."""
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        with scratch_folder(".fetching-", cache_folder()) as work:
            yield work
    except OSError as error:
        raise DataError.of(
            _("{name} cannot be kept in {folder}", name=name, folder=cache_folder()),
            _(
                "{reason}. Make room there, or set {cache_variable} to another folder.",
                reason=error.strerror or error,
                cache_variable=CACHE_VARIABLE,
            ),
        ) from None


def _bring(address: str, packed: Path, wanted: str) -> None:
    """Copy or download a file."""
    if "://" not in address:
        try:
            content = Path(address).expanduser().read_bytes()
        except OSError as error:
            problem = _(
                "{address}: {reason}. {advice}",
                address=address,
                reason=error.strerror,
                advice=_advise_folder(wanted),
            )
            raise _UnfitError(problem) from None
        packed.write_bytes(content)
        return
    import pooch  # noqa: PLC0415 - a sixth of a second that only a download pays
    from requests import RequestException  # noqa: PLC0415 - as pooch

    try:
        pooch.HTTPDownloader(timeout=_TIMEOUT_SECONDS)(address, str(packed), None)
    except (RequestException, ValueError) as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        what = (
            _("{address} answered {status}.", address=address, status=status)
            if status
            else _("{address} did not answer ({reason}).", address=address, reason=type(error).__name__)
        )
        by_hand = [] if os.environ.get(SOURCE_VARIABLE) else [_("Download it by hand into such a folder.")]
        raise _UnfitError(join_sentences([what, _advise_folder(wanted), *by_hand])) from None


def _unpack(packed: Path, members: tuple[str, ...], address: str) -> bytes:
    """Take a table out of archives within archives."""
    content = packed.read_bytes()
    for member in members:
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                if archive.getinfo(member).file_size > _UNPACKED_LIMIT_BYTES:
                    raise _UnfitError(
                        _(
                            "{address}: {member} in it unpacks to more than 256 MB; it was not kept.",
                            address=address,
                            member=member,
                        )
                    )
                content = archive.read(member)
        except (zipfile.BadZipFile, KeyError, EOFError, zlib.error, RuntimeError):
            raise _UnfitError(
                _(
                    "{address} is damaged, or no archive that holds {member}; it was not kept. Fetch it "
                    "again, or from another place.",
                    address=address,
                    member=member,
                )
            ) from None
    return content


def _keep(table: PublicTable, content: bytes, place: Path, work: Path) -> None:
    """Put a table into the cache if it is the one that was declared."""
    unpacked = work / f"{table.name}.unpacked"
    unpacked.write_bytes(content)
    found = hash_file(unpacked)
    if found != table.sha256:
        raise _UnfitError(
            _(
                "{file} is not the table that was published; it was not kept. SHA-256 expected "
                "{sha256}, found {found}. Fetch it again, or from another place.",
                file=table.file,
                sha256=table.sha256,
                found=found,
            )
        )
    place.parent.mkdir(exist_ok=True)
    sync_to_disk(unpacked)
    unpacked.replace(place)
