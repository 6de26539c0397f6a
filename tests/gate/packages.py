"""The programs that the gate is tried with, and the packages that they come in."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.requirements import require

NGINX_RTMP_MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
_PACKAGES = {
    "chromium": "chromium",
    "ffmpeg": "ffmpeg",
    "ffprobe": "ffmpeg",
    "icecast2": "icecast2",
    "nginx": "nginx",
    "nginx-rtmp": "libnginx-mod-rtmp",
}


def require_programs(*names: str) -> None:
    """Skip the test that runs now unless all are installed; `nginx-rtmp` is nginx's module."""
    for name in names:
        require(name, _is_installed(name), f"install Debian's package {_PACKAGES[name]}")


def _is_installed(name: str) -> bool:
    if name == "nginx-rtmp":
        return NGINX_RTMP_MODULE.is_file()
    return shutil.which(name) is not None
