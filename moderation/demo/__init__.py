"""The demonstration: invented threads, played through the deeds of the site as if over the past months."""
