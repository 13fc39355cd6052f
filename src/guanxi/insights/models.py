"""Insights keeps no tables of its own: scores and runs belong to the customer data centre."""
