"""ED-269 and ED-318: geographical zones of unmanned aircraft (docs/formats/ed269.md, docs/formats/ed318.md)."""
