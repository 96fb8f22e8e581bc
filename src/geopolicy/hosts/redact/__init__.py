"""Copies of recordings without what zones do not let leave: judged forwards and backwards, reported, chained."""
