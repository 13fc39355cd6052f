"""The demo company as a set of frames, with what each column means."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

import polars as pl


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """All data of the demo company. Ids are stable; times are aware UTC; money is ``Decimal(12, 2)`` US dollars.

    ``as_of``: the day given; ``shift``: whole weeks added to the source's dates; ``start``/``end``: first and last
    instant of the real purchases after the shift.

    ========================= =======================================================================================
    frame                     columns (R = real, from the source; the rest is generated)
    ========================= =======================================================================================
    users                     username, name_latin, name_native, role (administrator, sales_manager, salesperson,
                              service_agent, marketer, analyst, read_only), team_code, language, territory_codes (list),
                              email. No passwords.
    teams, territories        code, name_en, name_zh; territories also country (CN, US)
    stores                    store_id R, name_en, name_zh, city_en, territory_code
    product_categories        code (department or department/category) R, parent_code R, name_en, name_zh
    products                  product_id = SKU R, name_en, name_zh, category_code R, brand_en, brand_zh, own_brand R,
                              package_size R, unit (piece, gal), list_price R (median shelf price), unit_cost (4
                              digits), currency, lifecycle (active, phasing_out)
    customers                 external_id (H0001 household, H0001-2 its second member, B0001 organization), kind
                              (person, organization), roles, name_full, name_native, name_latin, language, industry,
                              credit_limit, family_name, given_name, age_band R, income_band R, home_ownership R,
                              marital_status R, household_size R, household_composition R, kids_count R,
                              territory_code, city_en, city_zh, country, owner (username), team_code, source, status,
                              preferred_channel, created_at, consent_email, consent_sms, consent_phone,
                              consent_post, consent_wechat
    contact_points            external_id, customer_id, kind (mobile, email, postal, wechat), value (as typed),
                              normalised, is_primary, opt_in, verified_at, valid_from, valid_to, street, district, city,
                              region, postal_code, country, latitude, longitude (degrees)
    identifiers               customer_id, source_system, kind (membership, tax), value
    relationships             from_customer_id, to_customer_id, kind (employee_of, household_member, spouse_of,
                              referred_by), role, strength (1 to 5), since, until
    holdings                  external_id, customer_id, kind (membership_card, loyalty_account, gift_card,
                              credit_account), name_en, name_zh, number, opened_on, closed_on, status (open, closed),
                              balance (sum of the movements), limit, balance_unit (points, USD), used_by, bought_by
                              (customer_id), purchase_channel
    orders                    order_id (basket R; R… return; C… corporate), customer_id R, store_id R, channel (store,
                              online_pickup, online_delivery, app_delivery, account_delivery), ordered_at R, line_count
                              R, list_amount R (shelf value), discount R, amount R (what the company received, =
                              list_amount - discount),
                              coupon R (part of amount paid by the maker's coupon), cost, currency,
                              origin (journey = real, return, corporate), refund_of (order_id)
    order_lines               line_id (order_id-product_id), order_id R, product_id R, quantity R (3 digits; gallons for
                              fuel), discount R, amount R, coupon R, cost, origin, refund_of (line_id)
    costs_to_serve            customer_id, kind (handling, return, coupon, mailing, contact, account), detail (channel),
                              occurrences, unit_cost, amount
    transactions              transaction_id, customer_id, holding_id, occurred_at, kind (earned, redeemed, reversal,
                              expired, deposit, purchase, payment), description, unit, amount, balance_after,
                              takes_back (transaction_id)
    interactions              external_id, customer_id, channel (call, visit, chat, email, store), direction,
                              started_at, duration_seconds, staff (username), outcome, sentiment (-2 to 2), topic,
                              subject, body, language
    notes                     external_id, customer_id, author, written_at, body
    tasks                     external_id, customer_id, assignee, title, due_on, status (open, done), priority, done_on
    tags, customer_tags       code, name_en, name_zh; customer_id, tag_code
    campaigns                 campaign_id R, campaign_type R, name_en, name_zh, start_on R, end_on R
    campaign_members          campaign_id R, customer_id R
    coupons                   coupon_id R, product_id R, campaign_id R
    coupon_redemptions        customer_id R, coupon_id R, campaign_id R, redeemed_on R
    shop_rows, card_rows      source_id, name, mobile, email, city, address, registered_on: as they spell them
    true_matches              source_system (online_shop, loyalty_card), source_id, customer_id, changes
    ========================= =======================================================================================
    """

    as_of: date
    shift: timedelta
    start: datetime
    end: datetime
    users: pl.DataFrame
    teams: pl.DataFrame
    territories: pl.DataFrame
    stores: pl.DataFrame
    product_categories: pl.DataFrame
    products: pl.DataFrame
    customers: pl.DataFrame
    contact_points: pl.DataFrame
    identifiers: pl.DataFrame
    relationships: pl.DataFrame
    holdings: pl.DataFrame
    orders: pl.DataFrame
    order_lines: pl.DataFrame
    costs_to_serve: pl.DataFrame
    transactions: pl.DataFrame
    interactions: pl.DataFrame
    notes: pl.DataFrame
    tasks: pl.DataFrame
    tags: pl.DataFrame
    customer_tags: pl.DataFrame
    campaigns: pl.DataFrame
    campaign_members: pl.DataFrame
    coupons: pl.DataFrame
    coupon_redemptions: pl.DataFrame
    shop_rows: pl.DataFrame
    card_rows: pl.DataFrame
    true_matches: pl.DataFrame

    def frames(self) -> dict[str, pl.DataFrame]:
        """The frames by name, in the order above (which is an order in which they can be loaded)."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, pl.DataFrame)}

    def fingerprint(self) -> str:
        """A hash over all cells of all frames in order; comparable between runs with the same version of polars."""
        digest = hashlib.sha256()
        for name, frame in self.frames().items():
            cells = frame.with_columns(pl.col(pl.List(pl.String)).list.join("|"))
            digest.update(name.encode() + cells.hash_rows(seed=1).to_numpy().tobytes())
        return digest.hexdigest()
