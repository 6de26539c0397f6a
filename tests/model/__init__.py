"""Tests of the model: values that know no store and no network."""
