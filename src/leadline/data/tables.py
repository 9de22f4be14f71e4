"""The tables that leadline declares: what each must hold to be what its name says."""

from leadline.data.contract import ColumnRule, Contract

#: The CoIL 2000 training table as shipped: one row a customer, codes as documented at UCI.
COIL2000 = Contract(
    name="coil2000",
    columns=(
        ColumnRule(name="MOSTYPE", kind="whole_number", meaning="subtype, code", minimum=1, maximum=41),
        ColumnRule(name="MOSHOOFD", kind="whole_number", meaning="main type, code", minimum=1, maximum=10),
        ColumnRule(name="Purchase", kind="text", meaning="holds a caravan policy", allowed=("Yes", "No")),
    ),
)
