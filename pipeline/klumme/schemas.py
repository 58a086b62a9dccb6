"""The columns of every table, in one place; what each holds stands in pipeline/README.md, and a test keeps it whole."""

import pyarrow as pa

_TEXT, _TIME = pa.string(), pa.timestamp("us")
_TEXTS = pa.list_(_TEXT)
_BLOCKS = pa.list_(pa.struct([("kind", _TEXT), ("text", _TEXT)]))
_OFFICES = pa.list_(
    pa.struct(
        [
            ("title", _TEXT),
            ("body", _TEXT),
            ("place", _TEXT),
            ("party", _TEXT),
            ("start", pa.int16()),
            ("end", pa.int16()),
            ("current", pa.bool_()),
            ("evidence", _TEXT),
        ]
    )
)
_WHY = pa.list_(pa.struct([("term", _TEXT), ("weight", pa.float32())]))

SCHEMAS: dict[str, pa.Schema] = {
    "pages": pa.schema(
        [
            ("url", _TEXT),
            ("source", _TEXT),
            ("fetched_at", _TIME),
            ("status", pa.int16()),
            ("content_type", _TEXT),
            ("sha256", _TEXT),
            ("warc", _TEXT),
            ("offset", pa.int64()),
            ("etag", _TEXT),
            ("last_modified", _TEXT),
            ("role", _TEXT),
        ]
    ),
    "visits": pa.schema(
        [
            ("url", _TEXT),
            ("source", _TEXT),
            ("listed", _TEXT),
            ("outcome", _TEXT),
            ("at", _TIME),
        ]
    ),
    "skipped": pa.schema(
        [
            ("stage", _TEXT),
            ("source", _TEXT),
            ("item", _TEXT),
            ("reason", _TEXT),
            ("detail", _TEXT),
            ("at", _TIME),
        ]
    ),
    "permissions": pa.schema(
        [
            ("url", _TEXT),
            ("source", _TEXT),
            ("allowed", pa.bool_()),
            ("rule", _TEXT),
            ("evidence", _TEXT),
            ("at", _TIME),
        ]
    ),
    "articles": pa.schema(
        [
            ("id", _TEXT),
            ("url", _TEXT),
            ("source", _TEXT),
            ("title", _TEXT),
            ("standfirst", _TEXT),
            ("author", _TEXT),
            ("role", _TEXT),
            ("party", _TEXT),
            ("municipality", _TEXT),
            ("section", _TEXT),
            ("tags", _TEXTS),
            ("published", _TIME),
            ("updated", _TIME),
            ("language", _TEXT),
            ("blocks", _BLOCKS),
            ("author_note", _TEXT),
            ("column_note", _TEXT),
            ("text_sha256", _TEXT),
            ("page_sha256", _TEXT),
            ("fetched_at", _TIME),
            ("origin", _TEXT),
            ("duplicate_of", _TEXT),
            ("genre", _TEXT),
        ]
    ),
    "politicians": pa.schema(
        [
            ("article_id", _TEXT),
            ("name", _TEXT),
            ("as_of", _TIME),
            ("born", pa.int16()),
            ("education", _TEXT),
            ("party", _TEXT),
            ("municipality", _TEXT),
            ("offices", _OFFICES),
            ("evidence", _TEXT),
        ]
    ),
    "passages": pa.schema(
        [
            ("id", _TEXT),
            ("article_id", _TEXT),
            ("ordinal", pa.int32()),
            ("kind", _TEXT),
            ("text", _TEXT),
        ]
    ),
    "tokens": pa.schema(
        [
            ("passage_id", _TEXT),
            ("i", pa.int32()),
            ("sentence", pa.int32()),
            ("start", pa.int32()),
            ("form", _TEXT),
            ("lemma", _TEXT),
            ("pos", _TEXT),
            ("morph", _TEXT),
            ("head", pa.int32()),
            ("dep", _TEXT),
            ("ent", _TEXT),
            ("parts", _TEXTS),
        ]
    ),
    "entities": pa.schema(
        [
            ("passage_id", _TEXT),
            ("start", pa.int32()),
            ("end", pa.int32()),
            ("text", _TEXT),
            ("label", _TEXT),
            ("link_kind", _TEXT),
            ("link_id", _TEXT),
            ("link_scope", _TEXT),
        ]
    ),
    "annotations": pa.schema([("passage_id", _TEXT), ("tokens", pa.int32()), ("sentences", pa.int32())]),
    # Half-precision numbers, little-endian: 384 for the classifier, 128 (of unit length) for likeness.
    "vectors": pa.schema([("passage_id", _TEXT), ("themes", pa.binary()), ("meaning", pa.binary())]),
    "theme_scores": pa.schema(
        [
            ("passage_id", _TEXT),
            ("theme", _TEXT),
            ("p", pa.float32()),
            ("tagged", pa.bool_()),
            ("why", _WHY),
        ]
    ),
    "lemma_index": pa.schema(
        [
            ("lemma", _TEXT),
            ("passage", pa.int32()),
            ("i", pa.int32()),
            ("sentence", pa.int32()),
            ("start", pa.int32()),
            ("form", _TEXT),
            ("pos", _TEXT),
            ("morph", _TEXT),
            ("dep", _TEXT),
            ("ent", _TEXT),
            ("parts", _TEXTS),
        ]
    ),
    "lexicon": pa.schema([("form", _TEXT), ("lemma", _TEXT), ("pos", _TEXT), ("parts", _TEXTS), ("n", pa.int64())]),
    "passage_index": pa.schema([("passage", pa.int32()), ("passage_id", _TEXT), ("tokens", pa.int32())]),
}

# A part of these tables counts only once the part of the same name in its anchor exists.
ANCHORS = {
    "passages": "articles",
    "politicians": "articles",
    "tokens": "annotations",
    "entities": "annotations",
    "lemma_index": "passage_index",
    "lexicon": "passage_index",
}

# These tables hold one folder for each version of the pipeline or model that made them.
VERSIONED = {"tokens", "entities", "annotations", "lemma_index", "lexicon", "passage_index", "theme_scores", "vectors"}
