"""What a marketing desk may know of each customer on the day of the list: one row a customer, no truth."""

from dataclasses import dataclass


from leadline.market.truth import Codes, Counts, Flags, Floats, Ids

#: Codes of `Observed.data_service`, as in the customers table.
DATA_SERVICES = ("none", "some", "all")


@dataclass(frozen=True, eq=False, kw_only=True)
class Observed:
    """Every field has shape (customers,), in the order of ``customer_id``.

    ``data_months`` counts months with mobile data among the twelve before; the rest of the usage is the sum
    over the last three (``spend_cny`` their mean). The partner's facts are 0 where ``matched`` is false;
    ``risk_level`` is 0 where it is not known. ``recently_contacted`` were in the pilot campaign.
    """

    customer_id: Ids
    phone: Ids
    age_years: Codes
    tenure_months: Counts
    handset_supports: Flags
    data_service: Codes
    broadband: Flags
    key_account: Flags
    branch_distance_km: Floats
    branch_id: Ids
    consent: Flags
    do_not_contact: Flags
    subscribed_before: Flags
    recently_contacted: Flags
    data_months: Floats
    traffic_mb: Floats
    sessions: Floats
    spend_cny: Floats
    bank_calls: Floats
    broker_calls: Floats
    fund_calls: Floats
    branch_days: Floats
    pushes_answered: Floats
    matched: Flags
    staff: Flags
    trades_3m: Floats
    assets_cny: Floats
    pc_share: Floats
    work_hours_share: Floats
    phone_orders: Flags
    hall_orders: Flags
    risk_level: Codes

    @property
    def permitted(self) -> Flags:
        """Whom a desk may contact: consent, no opt-out, not subscribed, not contacted recently."""
        return self.consent & ~self.do_not_contact & ~self.subscribed_before & ~self.recently_contacted
