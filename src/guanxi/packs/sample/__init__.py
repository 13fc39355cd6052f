"""Sample data for an installation in use: a few invented records to try things on, that go away without a trace."""
