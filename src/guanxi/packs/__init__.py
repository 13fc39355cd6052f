"""Industry packs: data, types, words, models and demo data of an industry. Nothing imports a pack."""
