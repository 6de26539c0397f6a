"""Wiring of the gate: each kind of streaming server with its dialect and its control interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adapters.control_icecast import IcecastControl
from adapters.control_mediamtx import MediamtxControl
from adapters.control_nginx_rtmp import NginxRtmpControl
from adapters.control_srs import SrsControl
from adapters.gate_icecast import IcecastDialect
from adapters.gate_mediamtx import MediamtxDialect
from adapters.gate_nginx_rtmp import NginxRtmpDialect
from adapters.gate_srs import SrsDialect
from core.gate.control import Control
from core.gate.hooks import Dialect
from core.model.gate import ControlAddress
from core.model.server import ServerKind

DIALECTS: Mapping[ServerKind, Dialect] = {
    ServerKind.NGINX_RTMP: NginxRtmpDialect(),
    ServerKind.MEDIAMTX: MediamtxDialect(),
    ServerKind.SRS: SrsDialect(),
    ServerKind.ICECAST: IcecastDialect(),
}
_CONTROLS: Mapping[ServerKind, Callable[[ControlAddress], Control]] = {
    ServerKind.NGINX_RTMP: NginxRtmpControl,
    ServerKind.MEDIAMTX: MediamtxControl,
    ServerKind.SRS: SrsControl,
    ServerKind.ICECAST: IcecastControl,
}


def control_of(kind: ServerKind, address: ControlAddress) -> Control:
    """Make the control interface of a streaming server."""
    return _CONTROLS[kind](address)
