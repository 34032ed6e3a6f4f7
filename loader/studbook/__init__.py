"""Studbook: a Neo4j lineage knowledge base of open models."""

__version__ = "0.1.0"
