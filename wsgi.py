"""What gunicorn loads: the portal as configured by the environment."""

import atexit

from portal.app import make_app
from portal.http.search_log import search_log
from portal.observability import metrics
from portal.observability.logs import configure_logs
from portal.settings import read_settings
from portal.wiring import open_portal

configure_logs()
_settings = read_settings()
metrics.turn_on(_settings)
app = make_app(open_portal(_settings))
# What was counted in the last seconds.
atexit.register(search_log(app).counter.close)
