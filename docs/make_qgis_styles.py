"""Makes the QGIS styles of src/geopolicy/authoring/qgis; run by the Python that has QGIS: /usr/bin/python3 FILE.

Each level has a colour, and the fields of a zone file have a form: one style for each kind of geometry, as QGIS wants.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsEditorWidgetSetup,
    QgsFillSymbol,
    QgsLineSymbol,
    QgsMapLayer,
    QgsMarkerSymbol,
    QgsProperty,
    QgsRendererCategory,
    QgsSymbolLayer,
    QgsUnitTypes,
    QgsVectorLayer,
)

FOLDER = Path(__file__).resolve().parents[1] / "src" / "geopolicy" / "authoring" / "qgis"
FIELDS = (
    "id:string,name:string,reason:string,source:string,rules:string,disable:string,radius_m:double,width_m:double,"
    "margin_m:double,frame:string,timezone:string,expires:string,illustrative:bool,repair:bool"
)
# From the tightest; of several rules the tightest colours the zone.
LEVELS = {
    "off": ("off: disabled", "180,4,38"),
    "no_record": ("no_record: never stored", "230,97,1"),
    "in_vehicle": ("in_vehicle: stays in the vehicle", "253,184,99"),
    "anonymize": ("anonymize: leaves it anonymized", "94,60,153"),
    "allow": ("allow: other duties only", "90,150,190"),
    "": ("no rules: refused when read", "0,0,0"),
}
SENSORS = ("camera", "camera.exterior", "camera.cabin", "microphone", "lidar", "radar", "telemetry.location", "*")
_LISTS = ("rules", "disable")
FRAMES = ("WGS84", "CGCS2000", "GCJ-02", "BD-09")


def level_expression() -> str:
    """The tightest level of a zone, whether its rules are JSON or the text of it."""
    # to_json makes nothing of a text in QGIS 3.22, to_string nothing of a list.
    rules, disabled = (f"concat(to_json(attribute('{name}')), to_string(attribute('{name}')))" for name in _LISTS)
    cases = [
        f"WHEN regexp_match({rules}, 'level[^a-z]+{level}[^a-z_]') > 0 THEN '{level}'" for level in LEVELS if level
    ]
    stated = f"regexp_match({disabled}, '[a-z*]') > 0"
    any_rule = f"WHEN regexp_match({rules}, 'sensors') > 0 THEN 'allow'"
    return f"CASE WHEN {stated} THEN 'off' {' '.join(cases)} {any_rule} ELSE '' END"


def symbol(kind: str, colour: str) -> object:
    """How a zone of one level is drawn; circles and corridors as wide as they are."""
    if kind == "Polygon":
        return QgsFillSymbol.createSimple({"color": f"{colour},90", "outline_color": colour, "outline_width": "0.4"})
    if kind == "Point":
        made = QgsMarkerSymbol.createSimple(
            {"name": "circle", "color": f"{colour},90", "outline_color": colour, "size": "4"}
        )
        made.symbolLayer(0).setSizeUnit(QgsUnitTypes.RenderMetersInMapUnits)
        twice = QgsProperty.fromExpression("2 * (to_real(attribute('radius_m')) + coalesce(attribute('margin_m'), 0))")
        made.symbolLayer(0).setDataDefinedProperty(QgsSymbolLayer.PropertySize, twice)
        return made
    made = QgsLineSymbol.createSimple({"line_color": f"{colour},150", "line_width": "1", "capstyle": "round"})
    made.symbolLayer(0).setWidthUnit(QgsUnitTypes.RenderMetersInMapUnits)
    wide = QgsProperty.fromExpression("to_real(attribute('width_m')) + 2 * coalesce(attribute('margin_m'), 0)")
    made.symbolLayer(0).setDataDefinedProperty(QgsSymbolLayer.PropertyStrokeWidth, wide)
    return made


def value_map(entries: dict[str, str | None]) -> QgsEditorWidgetSetup:
    """A drop-down of labels and values."""
    null = "{2839923C-8B7D-419E-B84B-CA2FE9B80EC7}"  # what QGIS writes for none
    return QgsEditorWidgetSetup(
        "ValueMap", {"map": [{name: null if value is None else value} for name, value in entries.items()]}
    )


def rule_presets() -> dict[str, str | None]:
    """Rules of one sensor and one level, as the column holds them."""
    presets: dict[str, str | None] = {"(none: see disable)": None}
    for sensor in SENSORS:
        for level in LEVELS:
            if level not in ("", "allow"):
                presets[f"{sensor}: {level}"] = json.dumps(
                    [{"sensors": [sensor], "level": level}], separators=(",", ":")
                )
    return presets


def widgets() -> dict[str, QgsEditorWidgetSetup]:
    """How each field is edited."""
    disabled: dict[str, str | None] = {"(none: see rules)": None}
    disabled |= {sensor: json.dumps([sensor]) for sensor in SENSORS}
    flag = QgsEditorWidgetSetup("CheckBox", {"CheckedState": "true", "UncheckedState": "false"})
    length = QgsEditorWidgetSetup("Range", {"Min": 0, "Max": 100_000, "Step": 1, "AllowNull": True, "Style": "SpinBox"})
    return {
        "rules": value_map(rule_presets()),
        "disable": value_map(disabled),
        "frame": value_map({"(as the header says)": None, **{frame: frame for frame in FRAMES}}),
        **dict.fromkeys(("radius_m", "width_m", "margin_m"), length),
        **dict.fromkeys(("illustrative", "repair"), flag),
    }


def style(kind: str) -> str:
    """The QML of one kind of geometry."""
    fields = "&".join(f"field={field}" for field in FIELDS.split(","))
    layer = QgsVectorLayer(f"{kind}?crs=EPSG:4326&{fields}", "zones", "memory")
    categories = [QgsRendererCategory(level, symbol(kind, colour), label) for level, (label, colour) in LEVELS.items()]
    layer.setRenderer(QgsCategorizedSymbolRenderer(level_expression(), categories))
    for name, setup in widgets().items():
        layer.setEditorWidgetSetup(layer.fields().indexOf(name), setup)
    path = FOLDER / f"zones-{kind.lower()}.qml"
    parts = QgsMapLayer.Symbology | QgsMapLayer.Forms | QgsMapLayer.Fields
    layer.saveNamedStyle(str(path), QgsMapLayer.StyleCategories(parts))
    return path.read_text(encoding="utf-8")


def main() -> None:
    """Writes the styles, without what differs from run to run."""
    FOLDER.mkdir(exist_ok=True)
    QgsApplication.setPrefixPath("/usr", True)
    app = QgsApplication([], False)
    app.initQgis()
    for kind in ("Polygon", "Point", "LineString"):
        text = re.sub(r'id="\{[0-9a-f-]{36}\}"', 'id="{00000000-0000-0000-0000-000000000000}"', style(kind))
        (FOLDER / f"zones-{kind.lower()}.qml").write_text(text, encoding="utf-8")
    app.exitQgis()
    print(f"made by QGIS {Qgis.QGIS_VERSION}")


if __name__ == "__main__":
    main()
