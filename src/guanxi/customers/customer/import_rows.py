"""Completes the rows of a file of customers: whole names, companies and addresses, keys of contact points."""

from __future__ import annotations

import polars as pl

from guanxi.core.names import fold
from guanxi.customers.contact_point.rules import contact_keys

_HAN = r"\p{Han}"
_ADDRESS = ("country", "region", "city", "district", "street", "postal_code")


def contact_columns(records: pl.DataFrame) -> pl.DataFrame:
    """Add the technical key columns of contact points to a frame, as ``contact_keys`` does for one.

    Numbers and e-mail addresses are canonical already. The first of each kind becomes a new customer's main one.
    """
    value = pl.col("value")
    others = records.filter(~pl.col("kind").is_in(["email", "phone"]))["value"].unique()
    folded = {text: contact_keys({"kind": "address", "value": text})["normalized"] for text in others.to_list()}
    is_phone = pl.col("kind") == "phone"
    normalized = (
        pl.when(is_phone).then(value)
        .when(pl.col("kind") == "email").then(value.str.strip_chars().str.to_lowercase())
        .otherwise(value.replace_strict(folded, default="", return_dtype=pl.String) if folded else pl.lit(""))
    )  # fmt: skip
    digits = value.str.replace_all(r"\D", "").str.reverse().str.slice(0, 24)
    first = pl.int_range(pl.len()).over("customer_id", "kind") == 0
    return records.with_columns(
        normalized.alias("normalized"),
        pl.when(is_phone).then(digits).otherwise(pl.lit("")).alias("digits_reversed"),
        (first & pl.col("is_new_parent")).alias("is_primary"),
    )


def prepare_customers(frame: pl.DataFrame) -> pl.DataFrame:
    """Complete parsed rows: whole names from given and family names, the kind from the company, whole addresses."""
    frame = _with_names(frame)
    if "organization.name" in frame.columns:
        frame = _with_organization(frame)
    return _with_address(frame)


def _with_names(frame: pl.DataFrame) -> pl.DataFrame:
    parts = [key for key in ("customer.family_name", "customer.given_name") if key in frame.columns]
    if not parts:
        return frame
    family, given = (
        pl.col(f"customer.{each}_name") if f"customer.{each}_name" in parts else pl.lit(None)
        for each in ("family", "given")
    )
    is_chinese = pl.concat_str([family, given], ignore_nulls=True).str.contains(_HAN)
    whole = (
        pl.when(is_chinese)
        .then(pl.concat_str([family, given], ignore_nulls=True))
        .otherwise(pl.concat_str([given, family], separator=" ", ignore_nulls=True))
    )
    named = pl.col("customer.name").fill_null(whole) if "customer.name" in frame.columns else whole
    frame = frame.with_columns(pl.when(named != "").then(named).alias("customer.name"))
    return frame.drop(parts)


def _with_organization(frame: pl.DataFrame) -> pl.DataFrame:
    """A row with a company and no person is the company; a company of a person's becomes a customer, too."""
    company = pl.col("organization.name")
    if "customer.name" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias("customer.name"))
    if "customer.kind" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias("customer.kind"))
    alone = pl.col("customer.name").is_null() & company.is_not_null()
    frame = frame.with_columns(
        pl.col("customer.name").fill_null(company),
        pl.when(alone)
        .then(pl.col("customer.kind").fill_null("organization"))
        .otherwise("customer.kind")
        .alias("customer.kind"),
    )
    own = pl.col("customer.name") == company
    frame = frame.with_columns(pl.when(own).then(None).otherwise(company).alias("organization.name"))
    names = [None if name is None else fold(name)[:420] for name in frame["organization.name"].to_list()]
    return frame.with_columns(pl.Series("organization.search_name", names, dtype=pl.String))


def _with_address(frame: pl.DataFrame) -> pl.DataFrame:
    """Write the whole address from its parts, and lend city and country between the customer and the address."""
    street = [key for key in ("address.street", "address.postal_code", "address.district") if key in frame.columns]
    for name in ("city", "country"):
        ours, theirs = f"customer.{name}", f"address.{name}"
        if theirs in frame.columns and ours not in frame.columns:
            frame = frame.with_columns(pl.col(theirs).str.slice(0, 60 if name == "country" else 120).alias(ours))
        elif ours in frame.columns and street and theirs not in frame.columns:
            frame = frame.with_columns(pl.col(ours).alias(theirs))
    parts = [name for name in _ADDRESS if f"address.{name}" in frame.columns]
    if "address.value" in frame.columns or not street:
        return frame
    columns = {name: pl.col(f"address.{name}") for name in parts}
    chinese = [columns[name] for name in ("region", "city", "district", "street") if name in columns]
    western = [
        columns[name] for name in ("street", "district", "city", "region", "postal_code", "country") if name in columns
    ]
    joined = pl.concat_str(chinese, ignore_nulls=True) if chinese else pl.lit("")
    value = (
        pl.when(joined.str.contains(_HAN))
        .then(joined)
        .otherwise(pl.concat_str(western, separator=", ", ignore_nulls=True))
    )
    has_street = pl.any_horizontal(pl.col(key).is_not_null() for key in street)
    return frame.with_columns(pl.when(has_street).then(value.str.slice(0, 400)).alias("address.value"))
