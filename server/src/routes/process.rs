//! Routes of the process itself: health and files.

use super::Routes;
use crate::{assets, health, route::Access::Plain};

/// Adds the routes of this file.
pub(super) fn add(routes: Routes) -> Routes {
    routes
        .fetch("/healthz", Plain, "no login is looked at", health::live)
        .fetch("/readyz", Plain, "no login is looked at", health::ready)
        .fetch("/favicon.svg", Plain, "no login is looked at", assets::favicon)
        .fetch("/manifest.webmanifest", Plain, "no login is looked at", assets::manifest)
        .fetch("/icons/{file}", Plain, "no login is looked at", assets::icon)
        .fetch("/robots.txt", Plain, "no login is looked at", assets::robots)
        .fetch("/pkg/{file}", Plain, "no login is looked at", assets::file)
}
