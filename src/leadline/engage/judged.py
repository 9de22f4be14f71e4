"""Whom a comparison of lists is judged on: those whom the contact policy permits, as far as tables tell."""

from dataclasses import dataclass, field, replace
from html import escape

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact

from leadline.engage.candidates import find_product_risk, name_product
from leadline.engage.cells import BoolArray
from leadline.engage.gate import gate_customers
from leadline.engage.ids import ID
from leadline.engage.policy import ContactPolicy
from leadline.errors import DataError
from leadline.language import _, format_value, plural

_DOUBT = 0.01


@dataclass(frozen=True, eq=False, kw_only=True)
class JudgedCustomers:
    """The customers on whom lists are judged, and how many were left out by which rule.

    Attributes
    ----------
    frame
        The customers who may be contacted, rows as they were handed in, numbered anew.
    unasked
        Those whom nothing but their opt-out or their missing consent bars.
    left_out
        One row a rule asked: ``rule``, ``label``, ``customers`` (whom no rule before had left out).
    not_asked
        What of the policy the tables do not tell, in words.
    notes
        What could not be used, and rules that leave out buyers for having bought.
    """

    frame: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    unasked: pd.DataFrame = field(repr=False)
    left_out: pd.DataFrame
    not_asked: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def summary(self) -> str:
        """How many stay, and why the others do not."""
        if self.left_out.empty:
            return _("Nobody is left out: no rule of the contact policy can be asked of this table.")
        reasons = _("; ").join(
            _("{reason}: {count}", reason=row["label"], count=format_value(int(row["customers"]), "count"))
            for row in self.left_out.to_dict("records")
        )
        return plural(
            "{count} customer may be contacted and is judged. Left out: {reasons}.",
            "{count} customers may be contacted and are judged. Left out: {reasons}.",
            len(self.frame),
            reasons=reasons,
        )

    @property
    def sentences(self) -> tuple[str, ...]:
        """The summary, the rules that were not asked, and what else to know."""
        unasked = (
            _(
                "Not asked here, and to be asked before a list is used: {rules}.",
                rules=_("; ").join(self.not_asked),
            )
            if self.not_asked
            else ""
        )
        return tuple(text for text in (self.summary, unasked, *self.notes) if text)

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(text)}</p>" for text in self.sentences)


def choose_judged(
    customers: pd.DataFrame,
    policy: ContactPolicy,
    *,
    as_of: object | None,
    group: BoolArray | None = None,
    product_id: str | None = None,
    products: pd.DataFrame | None = None,
    holdings: pd.DataFrame | None = None,
    contact_history: pd.DataFrame | None = None,
    is_over: bool = False,
    bought: BoolArray | None = None,
) -> JudgedCustomers:
    """Leave out whom the policy bars, and name the rules that the tables cannot answer.

    A list is built by `gate_customers`, which stops at a rule that it cannot ask. A comparison of lists may
    be made on a table that holds less, so here only the rules with their columns and tables are asked.

    Parameters
    ----------
    customers
        One row a customer.
    policy
        The rules.
    as_of
        Day of the list; None leaves out the rules about holders and earlier contacts.
    group
        Marks those whom the stages with the partner's data can list. Outside it the partner knows nobody, so
        that whether they are staff and what they may risk is unknown, and there bars nobody. None: everybody.
    product_id
        The product offered; may be left out where holdings know one only.
    products, holdings, contact_history
        Tables beside the customers, as of `gate_customers`.
    is_over
        The customers were contacted already, and what came of it is judged: who holds the product or was
        contacted lately is then part of the outcome, and not asked.
    bought
        Marks those who bought, to see whether leaving out holders leaves out buyers for having bought.

    Raises
    ------
    DataError
        If nobody may be contacted, the product is not known, or a rule cannot be applied.
    """
    wanted = name_product(product_id, products, holdings if policy.holders_barred and not is_over else None)
    risk = find_product_risk(products, wanted)
    asked, not_asked = _keep_askable(
        customers,
        policy,
        has_risk=risk is not None,
        has_holdings=holdings is not None,
        has_contacts=contact_history is not None,
        has_day=as_of is not None,
        is_over=is_over,
    )
    opts_out = "do_not_contact" in customers.columns
    if not opts_out and asked == _ask_nothing(policy):
        return JudgedCustomers(
            frame=customers.reset_index(drop=True),
            unasked=customers.iloc[:0],
            left_out=pd.DataFrame(columns=["rule", "label", "customers"]),
            not_asked=tuple(not_asked),
            notes=(),
        )
    read = customers if opts_out else customers.assign(do_not_contact=False)
    if ID not in read.columns:
        read = read.assign(**{ID: np.arange(len(read))})
    inside = np.ones(len(read), dtype=bool) if group is None else group
    loose = replace(asked, unknown_staff="allowed", unknown_risk_level="allowed")
    barred, labels, notes = dict[str, BoolArray](), dict[str, str](), list[tuple[str, ...]]()
    for who, rules in ((inside, asked), (~inside, loose)):
        if not who.any():
            continue
        gate = gate_customers(
            read[who],
            rules,
            as_of="1970-01-01" if as_of is None else as_of,
            product_id=wanted,
            product_risk=risk,
            contact_history=contact_history,
            holdings=holdings,
        )
        for rule, label in gate.rules[["rule", "label"]].itertuples(index=False):
            labels[rule] = label
            barred.setdefault(rule, np.zeros(len(read), dtype=bool))
            barred[rule][who] = gate.decisions[f"barred_by_{rule}"].to_numpy(dtype=bool)
        notes.append(gate.notes)
    if not opts_out:
        del barred["do_not_contact"]
    shared = [note for note in notes[0] if note in notes[-1]]
    return _put_together(
        customers, pd.DataFrame(barred), labels=labels, not_asked=not_asked, notes=shared, bought=bought
    )


def _put_together(
    customers: pd.DataFrame,
    barred: pd.DataFrame,
    *,
    labels: dict[str, str],
    not_asked: list[str],
    notes: list[str],
    bought: BoolArray | None,
) -> JudgedCustomers:
    is_permitted: BoolArray = ~np.any(barred.to_numpy(dtype=bool), axis=1)
    if not is_permitted.any():
        raise _nobody_left(barred)
    asks = [rule for rule in ("do_not_contact", "consent") if rule in barred.columns]
    is_unasked: BoolArray = ~is_permitted & ~np.any(barred.drop(columns=asks).to_numpy(dtype=bool), axis=1)
    first = barred.idxmax(axis=1)[~is_permitted].value_counts()
    rows = [(rule, labels[rule], int(first.get(rule, 0))) for rule in barred.columns]
    if bought is not None and "holder" in barred.columns:
        notes = [*notes, *_doubt_holders(barred["holder"].to_numpy(), bought)]
    return JudgedCustomers(
        frame=customers[is_permitted].reset_index(drop=True),
        unasked=customers[is_unasked].reset_index(drop=True),
        left_out=pd.DataFrame(rows, columns=["rule", "label", "customers"]),
        not_asked=tuple(not_asked),
        notes=tuple(notes),
    )


def _nobody_left(barred: pd.DataFrame) -> DataError:
    counts = [_("{rule} bars {count}", rule=rule, count=f"{int(barred[rule].sum()):,}") for rule in barred]
    told = _("of {count} customers: {told}.", count=f"{len(barred):,}", told=_(", ").join(counts))
    return DataError.of(_("There is nobody to list"), told)


def _doubt_holders(holds: BoolArray, bought: BoolArray) -> list[str]:
    """Warn when buyers are holders more often than others (exact test of Fisher, one-sided, 1%)."""
    counts = [[int((holds & who).sum()), int((~holds & who).sum())] for who in (bought, ~bought)]
    if fisher_exact(counts, alternative="greater").pvalue >= _DOUBT:
        return []
    return [
        _(
            "Leaving out holders leaves out {buyers} of the buyers and {others} of the others. If the "
            "outcome is the purchase of this very product, these are left out for having bought: give as_of, "
            "the day before the first contact, or a policy with “holders: allowed”.",
            buyers=format_value(holds[bought].mean(), "share"),
            others=format_value(holds[~bought].mean(), "share"),
        )
    ]


def _ask_nothing(policy: ContactPolicy) -> ContactPolicy:
    return replace(
        policy,
        consent_required=False,
        staff_barred=False,
        minimum_age_years=None,
        suitability_required=False,
        holders_barred=False,
        quiet_period_days=None,
        most_contacts=None,
        window_days=None,
    )


def _keep_askable(
    customers: pd.DataFrame,
    policy: ContactPolicy,
    *,
    has_risk: bool,
    has_holdings: bool,
    has_contacts: bool,
    has_day: bool,
    is_over: bool,
) -> tuple[ContactPolicy, list[str]]:
    """Take the rules out that cannot be asked; say which."""
    none, has = _ask_nothing(policy), set(customers.columns)
    kept, not_asked = policy, list[str]()
    is_dated = ID in has and has_day and not is_over
    over = (
        _(" (these customers were contacted already, and it is part of what came of it)") if is_over else ""
    )
    if "do_not_contact" not in has:
        not_asked.append(_("who opted out (do_not_contact)"))
    rules = [
        (policy.consent_required, "consent" in has, ("consent_required",), _("consent (consent)")),
        (policy.staff_barred, "is_staff" in has, ("staff_barred",), _("staff (is_staff)")),
        (policy.minimum_age_years, "age_years" in has, ("minimum_age_years",), _("age (age_years)")),
        (
            policy.suitability_required,
            "risk_level" in has and has_risk,
            ("suitability_required",),
            _("the product's risk (risk_level, and the table of products)"),
        ),
        (
            policy.holders_barred,
            has_holdings and is_dated,
            ("holders_barred",),
            _("who holds the product (as_of, and the table of holdings)") + over,
        ),
        (
            policy.quiet_period_days is not None or policy.most_contacts is not None,
            has_contacts and is_dated,
            ("quiet_period_days", "most_contacts", "window_days"),
            _("earlier contacts (as_of, and the table of contacts)") + over,
        ),
    ]
    for is_wanted, can_be_asked, fields, words in rules:
        if is_wanted and not can_be_asked:
            kept = replace(kept, **{name: getattr(none, name) for name in fields})
            not_asked.append(words)
    return kept, not_asked
