"""The grocery pack: a bilingual grocery and household chain as demo company."""
