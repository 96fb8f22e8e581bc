#!/bin/sh
# Checks the zones of a branch against those of the commit that it is to be merged into, and compiles them.
# Usage: check.sh BASE [--allow-loosening]
# Writes diff.txt, for a comment, diff.geojson, for a GIS, and fleet.gpol. Ends with 1 if the zones are refused.
set -eu
base=$1
shift
old=$(mktemp -d)
trap 'rm -rf "$old"' EXIT
git archive --output "$old/zones.tar" "$base" zones
tar -xf "$old/zones.tar" -C "$old"
geopolicy validate zones
geopolicy lint zones
geopolicy diff "$old/zones" zones --geojson diff.geojson --allow-loosening > diff.txt
cat diff.txt
geopolicy compile zones -o fleet.gpol --since "$old/zones" "$@"
