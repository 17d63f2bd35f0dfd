"""The Hypothesis profiles, and the keeper of clusters on which a property failed."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings
