"""What a report calls the columns that describe a customer."""

from leadline.language import _


def name_columns() -> dict[str, str]:
    """Return column → words of what `leadline.features.read_customers` brings together."""
    return {
        "age_years": _("Age, years"),
        "tenure_months": _("Customer for, months"),
        "broadband": _("Has broadband at home"),
        "data_service": _("Data service"),
        "key_account": _("Key account"),
        "handset_supports": _("Handset supports it"),
        "branch_distance_km": _("Distance to a branch, km"),
        "used_months_12m": _("Months with mobile data, of 12"),
        "use_streak_months": _("Months of use in a row"),
        "use_level": _("Use of mobile data, level"),
        "traffic_mb_mean": _("Traffic a month, MB"),
        "sessions_mean": _("Sessions a month"),
        "spend_cny_mean": _("Spending a month, CNY"),
        "bank_calls_3m": _("Calls to banks, 3 months"),
        "broker_calls_3m": _("Calls to brokers, 3 months"),
        "fund_calls_3m": _("Calls to fund houses, 3 months"),
        "branch_days_3m": _("Days near a branch, 3 months"),
        "pushes_received_3m": _("Messages received, 3 months"),
        "pushes_answered_3m": _("Messages answered, 3 months"),
        "holder_calls": _("Calls with the partner's clients"),
        "holder_contacts": _("Partner's clients called"),
        "staff_calls": _("Calls with the partner's staff"),
        "is_matched": _("Client of the partner"),
        "trades_3m": _("Orders, 3 months"),
        "order_value_3m_cny": _("Value of orders, 3 months, CNY"),
        "orders_hall_3m": _("Orders at a branch, 3 months"),
        "orders_phone_3m": _("Orders by telephone, 3 months"),
        "orders_pc_3m": _("Orders on a PC, 3 months"),
        "orders_mobile_3m": _("Orders on a handset, 3 months"),
        "products_held": _("Products held"),
        "assets_cny": _("Assets, CNY"),
        "pc_share": _("Share of orders placed on a PC"),
        "work_hours_share": _("Share of orders in working hours"),
        "phone_orders": _("Has ordered by telephone"),
        "hall_orders": _("Has ordered at a branch"),
        "risk_level": _("Risk level"),
    }
