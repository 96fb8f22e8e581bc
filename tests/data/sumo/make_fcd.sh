#!/bin/sh
# Makes the recorded drives of this folder with SUMO 1.28 (pip install eclipse-sumo): two cars and a person.
cd "$(dirname "$0")" || exit 1
run="sumo -n ../../../docs/examples/sumo/town.net.xml -r two.rou.xml --no-step-log"
$run --end 12 --fcd-output fcd.xml --fcd-output.geo --precision.geo 7
$run --end 12 --fcd-output fcd.parquet --fcd-output.geo --precision.geo 7
$run --end 5 --fcd-output metres.xml
