#!/bin/sh
# Reviews the zones as merging a commit into a base would leave them, against those of the base, and compiles them.
# Usage: check.sh BASE [HEAD] [--allow-loosening]; HEAD is the commit checked out unless told.
# Writes diff.txt, for a comment, diff.geojson, for a GIS, and fleet.gpol. Ends with 1 if the zones are refused.
# Of HEAD zone files alone are read; run the script of the base, so that no branch can change it.
set -eu
base=$1
shift
head=HEAD
case ${1-} in "" | -*) ;; *) head=$1 && shift ;; esac
out=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/old" "$work/new"
rm -f diff.txt diff.geojson fleet.gpol
if ! merged=$(git merge-tree --write-tree "$base" "$head"); then
  echo "$head cannot be merged into $base as it is" >&2
  exit 1
fi
git archive --output "$work/new.tar" "$merged" zones
tar -xf "$work/new.tar" -C "$work/new"
has_old=
if git cat-file -e "$base:zones" 2> /dev/null; then
  git archive --output "$work/old.tar" "$base" zones
  tar -xf "$work/old.tar" -C "$work/old"
  has_old=yes
fi
cd "$work/new"
geopolicy validate zones
# What the clock alone makes wrong is no fault of this change: lint without --time once a day beside it.
geopolicy lint zones --time unknown
if [ -n "$has_old" ]; then
  geopolicy diff ../old/zones zones --geojson "$out/diff.geojson" --allow-loosening > "$out/diff.txt"
  cat "$out/diff.txt"
  geopolicy compile zones -o "$out/fleet.gpol" --since ../old/zones "$@"
else
  echo "no zones before: nothing to compare with" > "$out/diff.txt"
  geopolicy compile zones -o "$out/fleet.gpol"
fi
