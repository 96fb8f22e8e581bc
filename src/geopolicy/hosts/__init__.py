"""Where vehicles live: what talks to receivers and to programs of others."""
