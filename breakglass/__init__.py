"""Break-glass: two moderators together learn who a persona is, openly. Absent unless ANON_BREAK_GLASS=1."""
