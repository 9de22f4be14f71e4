"""The public data sets: what each holds, whose it is, where it comes from, what its answers are.

A table's SHA-256 decides whether it is the right one, however it was packed and wherever it came from. Where
no `Packing.url` is given the publisher has it as R data only, which leadline does not read: such a table must
lie in a folder or mirror.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Packing:
    """A form in which a table can be had.

    Attributes
    ----------
    file
        Its name in a folder or mirror, below the data set's own folder there.
    members
        Way to the table through archives, outermost first; empty when the file is the table.
    url
        Its publisher's address, empty when it is not published so.
    """

    file: str
    members: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class PublicTable:
    """One table of a public data set: its SHA-256 is that of the file which is read."""

    name: str
    file: str
    rows: int
    columns: int
    sha256: str
    packings: tuple[Packing, ...]


@dataclass(frozen=True, kw_only=True)
class PublicDataset:
    """One or several tables of one publication; the first is meant when none is named."""

    name: str
    title: str
    licence: str
    citation: str
    page: str
    answers: str
    tables: tuple[PublicTable, ...]


def _plain(file: str, rows: int, columns: int, sha256: str, url: str = "") -> PublicTable:
    """Declare a table that is had unpacked."""
    return PublicTable(
        name=file.partition(".")[0],
        file=file,
        rows=rows,
        columns=columns,
        sha256=sha256,
        packings=(Packing(file=file, url=url),),
    )


def _bank(name: str, outer: str, rows: int, columns: int, sha256: str) -> PublicTable:
    file = f"{name}.csv"
    publisher = Packing(
        file="bank+marketing.zip",
        members=(f"{outer}.zip", f"bank-additional/{file}" if outer == "bank-additional" else file),
        url="https://archive.ics.uci.edu/static/public/222/bank+marketing.zip",
    )
    ours = Packing(file="bank-additional.zip", members=(f"bank-additional/{file}",))
    return PublicTable(
        name=name, file=file, rows=rows, columns=columns, sha256=sha256, packings=(ours, publisher)
    )


_DATASETS = (
    PublicDataset(
        name="bank_marketing",
        title="Telephone campaigns of a Portuguese bank for term deposits",
        licence="CC BY 4.0",
        citation="Moro, Cortez & Rita 2014, Decision Support Systems 62:22-31; doi 10.24432/C5K306",
        page="https://archive.ics.uci.edu/dataset/222/bank+marketing",
        answers="4,640 of 41,188 subscribed (11.27%), 5,289 of 45,211 in bank-full (11.70%). "
        "duration is known only after the call: a leak.",
        tables=(
            _bank(
                "bank-additional-full",
                "bank-additional",
                41_188,
                21,
                "74adfc578bf77a7ff4bb1ba4a9f8709d9e3c6907342959c2c8416847e0afb4d8",
            ),
            _bank(
                "bank-additional",
                "bank-additional",
                4_119,
                21,
                "7e59cf650004d65d1c9d6b08553bad2ee9a9ad70d594f536e3c584ee6ed5df50",
            ),
            _bank(
                "bank-full",
                "bank",
                45_211,
                17,
                "d1513ec63b385506f7cfce9f2c5caa9fe99e7ba4e8c3fa264b3aaf0f849ed32d",
            ),
            _bank(
                "bank", "bank", 4_521, 17, "dc8d576e9bda0f41ee891251bd84bab9a39ce576cba715aac08adc2374a01fde"
            ),
        ),
    ),
    PublicDataset(
        name="caravan",
        title="Customers of a Dutch insurer and who bought a caravan policy (CoIL Challenge 2000)",
        licence="CC BY 4.0",
        citation="van der Putten & van Someren 2000, CoIL Challenge 2000; doi 10.24432/C5630S",
        page="https://archive.ics.uci.edu/dataset/125/insurance+company+benchmark+coil+2000 "
        "(ticdata with labels: R package kernlab; Caravan: package ISLP)",
        answers="348 buyers in the first 5,822 rows (training), 238 in the other 4,000 (test). "
        "The challenge's best list of 800 found 121.",
        tables=(
            _plain(
                "ticdata.csv.gz",
                9_822,
                86,
                "a6a29674801667fb7234846b0540e1b76bd34a97d28cf68b90a39a6b2196bbcd",
            ),
            _plain(
                "Caravan.csv",
                5_822,
                86,
                "e89d49b6fb8fe02d76bb5bb80d8e0dab473bf9f6a72515e30c259f6d7da42269",
                "https://raw.githubusercontent.com/intro-stat-learning/ISLP/main/ISLP/data/Caravan.csv",
            ),
        ),
    ),
    PublicDataset(
        name="mcdonalds",
        title="How Australians see a fast-food chain",
        licence="GPL-2 (R package MSA)",
        citation="Dolnicar, Grün & Leisch 2018, Market Segmentation Analysis, Springer",
        page="https://CRAN.R-project.org/package=MSA",
        answers="Standard deviations of the first principal components 0.7570, 0.6075, 0.5046 "
        "(shares 29.94%, 19.28%, 13.30%); the book settles on 4 segments, k-means sizes 309, 580, 324, 240.",
        tables=(
            _plain(
                "mcdonalds.csv",
                1_453,
                15,
                "6b089ec5d3f510dfb04cce2ec43951e6b44918077eaa8b66e7d5b93b90bb56b5",
                "https://homepage.boku.ac.at/leisch/MSA/datasets/mcdonalds.csv",
            ),
        ),
    ),
    PublicDataset(
        name="vacation_motives",
        title="What Australians look for in a vacation",
        licence="GPL-2 (R package flexclust)",
        citation="Dolnicar & Leisch 2008, Tourism Management 29(4):672-685",
        page="https://CRAN.R-project.org/package=flexclust",
        answers="Six segments of 246, 201, 95, 156, 129 and 173; the last column of vacmot holds them.",
        tables=(
            _plain(
                "vacmot.csv", 1_000, 21, "f43a2ec451a25e18661a5af07c07509388aab52d87890b05b0c3a927f4924b58"
            ),
            _plain(
                "vacmotdesc.csv",
                1_000,
                12,
                "bc853e1c6f95bf7a2f2552ff01a98b6469702f36945fbe3b1b5241b99c9724c6",
            ),
        ),
    ),
    PublicDataset(
        name="hillstrom",
        title="Two e-mail campaigns against none, customers drawn by lot",
        licence="published for open use by its author",
        citation="Hillstrom 2008, The MineThatData E-Mail Analytics and Data Mining Challenge",
        page="https://blog.minethatdata.com/2008/03/minethatdata-e-mail-analytics-and-data.html",
        answers="Arms of 21,307, 21,306 and 21,387. Men's e-mail against none: visits +7.66 points, "
        "conversions +0.68 points, spend +0.77 USD; women's +4.52, +0.31, +0.42.",
        tables=(
            PublicTable(
                name="hillstrom",
                file="hillstrom.csv",
                rows=64_000,
                columns=12,
                sha256="0e5893329d8b93cefecc571777672028290ab69865718020c78c7284f291aece",
                packings=(
                    Packing(file="hillstrom.csv.zip", members=("hillstrom.csv",)),
                    Packing(
                        file="Kevin_Hillstrom_MineThatData_E-MailAnalytics_DataMiningChallenge_2008.03.20.csv",
                        url="http://www.minethatdata.com/"
                        "Kevin_Hillstrom_MineThatData_E-MailAnalytics_DataMiningChallenge_2008.03.20.csv",
                    ),
                ),
            ),
        ),
    ),
    PublicDataset(
        name="asos",
        title="Online experiments of a fashion shop, counted day by day",
        licence="CC BY 4.0",
        citation="Liu, Cardoso, Couturier & McCoy 2021, arXiv:2111.10198; doi 10.17605/OSF.IO/64JSB",
        page="https://osf.io/64jsb/",
        answers="78 experiments, 99 variants, 4 metrics: "
        "cumulative counts, means and variances, for sequential tests.",
        tables=(
            _plain(
                "asos_digital_experiments_dataset.parquet",
                24_153,
                10,
                "bdf88b27185d3f7e65912cbb421129a32ae347c2fb0d9442fe54d74266551524",
                "https://osf.io/download/62t7f/",
            ),
        ),
    ),
    PublicDataset(
        name="polca",
        title="Four small surveys on which latent classes were published",
        licence="GPL-2 or later (R package poLCA)",
        citation="Linzer & Lewis 2011, poLCA, Journal of Statistical Software 42(10)",
        page="https://CRAN.R-project.org/package=poLCA",
        answers="Log-likelihoods: carcinoma, 2 to 4 classes, -317.2568, -293.705, -289.2858; "
        "values, 1 to 3 classes, -543.6498, -504.4677, -503.3011; "
        "cheating, 2 classes, -440.0271; gss82, 3 classes, -2754.545.",
        tables=(
            _plain(
                "carcinoma.csv", 118, 7, "6b16811a9787c50ee1401cf1d8f62eb1b936be5fe7105e0caf393a55e648c9e2"
            ),
            _plain(
                "cheating.csv", 319, 5, "17e78a053254b96fa7df10b50188c0fa8004e346b464a23e7bd737f57ecfdb5d"
            ),
            _plain("gss82.csv", 1_202, 4, "2f63eaba643ceedfa8f1ad9d36a6ac2b9db48d9daba785c5b04e0efabbc9ce08"),
            _plain("values.csv", 216, 4, "942b9f3fc88dd88b268fbf2a619e2baba6ee59915e8cf63ff5d5135d3644960b"),
        ),
    ),
)

#: Name → data set, in the order in which they are listed.
PUBLIC_DATASETS = {dataset.name: dataset for dataset in _DATASETS}
