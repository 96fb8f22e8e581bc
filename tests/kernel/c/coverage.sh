#!/usr/bin/env bash
# Line and branch coverage of kernel, builder, sweep and binding, under the C tests and a campaign through Python.
# Usage: tests/kernel/c/coverage.sh [PYTHON]. Needs gcc with gcov; takes some minutes; leaves nothing behind.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
python=${1:-$root/.venv/bin/python}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/objects" "$folder/soft" "$folder/tests"
cp -r "$root/src/geopolicy" "$folder/geopolicy"
include=$("$python" -c 'import sysconfig; print(sysconfig.get_paths()["include"])')
options=(-std=c11 -O0 -g -fPIC -ffp-contract=off "-I$root/src/geopolicy/kernel" "-I$root/src/geopolicy/kernel/lookup" "-I$include" -DPy_LIMITED_API=0x030b0000)
counted=(--coverage -fprofile-update=atomic)

for source in "$root"/src/geopolicy/kernel/*/*.c; do
    gcc "${options[@]}" "${counted[@]}" -c "$source" -o "$folder/objects/$(basename "$source" .c).o"
done
gcc "${options[@]}" "${counted[@]}" -DGP_SOFT_SQRT -DGP_INTEGER_FRAMES=1 -c "$root/src/geopolicy/kernel/lookup/gp_frames.c" -o "$folder/soft/gp_frames.o"
for source in "$root"/tests/kernel/c/{test_*,failing_memory}.c; do
    gcc "${options[@]}" -c "$source" -o "$folder/tests/$(basename "$source" .c).o"
done
cd "$folder"
rm -f geopolicy/_kernel*.so
gcc -shared --coverage objects/*.o -o geopolicy/_kernel.abi3.so
look_up=(objects/gp_{open,lookup,many,distance,path}.o)
own=(tests/test_{kernel,port,open,positions,cells,distances,paths,families,frames,settle}.o)
gcc --coverage "${own[@]}" "${look_up[@]}" objects/gp_frames.o -lm -o test_kernel
gcc --coverage "${own[@]}" "${look_up[@]}" soft/gp_frames.o -lm -o test_soft
gcc --coverage -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc tests/{test_build,failing_memory}.o objects/{build,grid,divide,emit}.o -o test_build
gcc --coverage -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc tests/{test_sweep,failing_memory}.o objects/{sweep,plane,pieces,status}.o -o test_sweep
gcc --coverage -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc tests/{test_answers,test_batch,failing_memory}.o objects/{answer,batch,clearing,rows}.o "${look_up[@]}" objects/gp_frames.o -lm -o test_answers

export PYTHONPATH=$folder PYTHONDONTWRITEBYTECODE=1
"$python" "$root/tests/kernel/c/make_corpus.py" corpus
./test_kernel corpus
./test_soft corpus
./test_build
./test_sweep
./test_answers corpus
"$python" "$root/tests/kernel/c/campaign.py"
"$python" -m pytest -q -p no:cacheprovider --rootdir "$root" -c "$root/pyproject.toml" \
    "$root/tests/engines/test_contract.py" "$root/tests/engines/test_edges.py" "$root/tests/pack/test_hostile_packs.py" \
    "$root/tests/geometry/test_sweep.py"
gcov --json-format --branch-probabilities --object-directory objects objects/*.o >/dev/null
gcov --json-format --branch-probabilities --object-directory soft soft/*.o >/dev/null
"$python" "$root/tests/kernel/c/coverage_table.py" .
