from geopolicy import audit as audit
from geopolicy import errors as errors
from geopolicy import replay as replay
from geopolicy.drives.open import open_drive as open_drive
from geopolicy.engines.contract import Engine as Engine
from geopolicy.engines.open import open as open
from geopolicy.errors import GeopolicyError as GeopolicyError
from geopolicy.model.decisions import Cause as Cause
from geopolicy.model.decisions import Certainty as Certainty
from geopolicy.model.decisions import Decision as Decision
from geopolicy.model.decisions import Decisions as Decisions
from geopolicy.model.decisions import Reason as Reason
from geopolicy.model.fixes import Fix as Fix
from geopolicy.model.rules import Condition as Condition
from geopolicy.model.rules import Hours as Hours
from geopolicy.model.rules import Level as Level
from geopolicy.model.rules import Rule as Rule
from geopolicy.model.rules import Window as Window
from geopolicy.model.sensors import Vehicle as Vehicle
from geopolicy.model.transitions import Transition as Transition
from geopolicy.model.transitions import TransitionKind as TransitionKind
from geopolicy.model.zones import Coverage as Coverage
from geopolicy.model.zones import Geometry as Geometry
from geopolicy.model.zones import Zone as Zone
from geopolicy.model.zones import ZoneFileHeader as ZoneFileHeader
from geopolicy.monitor.consent import Consent as Consent
from geopolicy.monitor.monitor import Monitor as Monitor
from geopolicy.monitor.profile import Hold as Hold
from geopolicy.monitor.profile import MonitorProfile as MonitorProfile
from geopolicy.pack.compiler import compile as compile
from geopolicy.pack.pack import Pack as Pack
from geopolicy.pack.pack import read_pack as read_pack
from geopolicy.zonefile.vehicle_file import read_vehicle as read_vehicle
from geopolicy.zonefile.zone_set import ZoneSet as ZoneSet
from geopolicy.zonefile.zone_set import read_zones as read_zones

__version__: str
__all__: list[str]
