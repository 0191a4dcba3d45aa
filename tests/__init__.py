"""Tests: each reads like the rule that it holds."""
