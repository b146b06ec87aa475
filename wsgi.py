"""What gunicorn loads: the portal as configured by the environment."""

import atexit
import threading

from portal.app import make_app
from portal.http.search_log import search_log
from portal.observability import metrics
from portal.observability.logs import configure_logs
from portal.settings import read_settings
from portal.wiring import open_portal, warm

configure_logs()
_settings = read_settings()
metrics.turn_on(_settings)
_portal = open_portal(_settings)
app = make_app(_portal)
# Beside the first requests: none of them waits for it, and none after it for what it has made.
threading.Thread(target=warm, args=(_portal,), name="warm", daemon=True).start()
# What was counted in the last seconds.
atexit.register(search_log(app).counter.close)
