"""How often a verdict came: samples of one check as counts, and what their number lets one say."""
