"""The project itself: settings, URLs, worker, health. It holds no rules."""

import zoneinfo

# Zone data come from the pinned tzdata package, never from the machine's copy: the two differ by
# an hour for some zones, and a window must not open at another hour on another machine. A zone that
# somebody has read before this is forgotten: it would be kept as the machine has it.
zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
