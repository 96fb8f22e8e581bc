"""What QGIS makes of zones and a style; run by the Python that has QGIS, prints JSON: FILE STYLE KIND PICTURE."""

from __future__ import annotations

import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    QgsApplication,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor


def main(file: str, style: str, kind: str, picture: str) -> None:
    QgsApplication.setPrefixPath("/usr", True)
    app = QgsApplication([], False)
    app.initQgis()
    layer = QgsVectorLayer(f"{file}|geometrytype={kind}", "zones", "ogr")
    message, is_loaded = layer.loadNamedStyle(style)
    renderer = layer.renderer()
    expression = QgsExpression(renderer.classAttribute())
    context = QgsExpressionContext()
    context.appendScope(QgsExpressionContextUtils.layerScope(layer))
    shown = {}
    for feature in layer.getFeatures():
        context.setFeature(feature)
        shown[feature["id"]] = expression.evaluate(context)
    categories = [each.value() for each in renderer.categories()]
    forms = {}
    for field in layer.fields():
        setup = field.editorWidgetSetup()
        entries = setup.config().get("map", [])
        forms[field.name()] = [setup.type(), [name for entry in entries for name in entry]]
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    extent = QgsRectangle()
    for feature in layer.getFeatures():
        extent.combineExtentWith(feature.geometry().boundingBox())
    settings.setExtent(extent.buffered(0.002))
    settings.setOutputSize(QSize(500, 400))
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(picture)
    colours = {image.pixelColor(x, y).name() for x in range(0, 500, 2) for y in range(0, 400, 2)}
    answer = {
        "message": message,
        "is_loaded": is_loaded,
        "renderer": renderer.type(),
        "shown": shown,
        "categories": categories,
    }
    print(json.dumps({**answer, "forms": forms, "colours": len(colours), "count": layer.featureCount()}))
    sys.stdout.flush()
    os._exit(0)  # QGIS may crash when it ends before the objects of Python


main(*sys.argv[1:])
