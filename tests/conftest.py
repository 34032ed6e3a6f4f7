"""Shared fixtures. Tests of real snapshots are collected only where STUDBOOK_REAL_SNAPSHOTS names their folder."""

from __future__ import annotations

import os

collect_ignore = [] if os.environ.get("STUDBOOK_REAL_SNAPSHOTS") else ["real"]
