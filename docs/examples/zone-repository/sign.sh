#!/bin/sh
# Compiles the zones of a commit, adds them to a repository of signed packs, and signs with the keys at hand.
# Usage: sign.sh REPOSITORY SIGNERS [OPTIONS of geopolicy publish add]; GEOPOLICY_PASSPHRASE opens the keys.
# Zones that are published already are not added again: then it renews what expires, and can be run by a timer.
# What only other people can sign waits in REPOSITORY/draft for their machines; what is published goes on meanwhile.
set -eu
repository=$1
signers=$2
shift 2
pack=$(mktemp -d)/fleet.gpol
trap 'rm -rf "$(dirname "$pack")"' EXIT
geopolicy compile zones -o "$pack"
digest=$(sha256sum "$pack" | cut -c 1-64)
if [ -z "$(find "$repository" -name "$digest.*")" ]; then
  geopolicy publish add "$repository" "$pack" "$@"
fi
geopolicy publish sign "$repository" --signers "$signers"
geopolicy publish status "$repository"
