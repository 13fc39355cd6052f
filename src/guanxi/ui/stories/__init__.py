"""Invented data for the story pages under /ui/, in both languages."""
