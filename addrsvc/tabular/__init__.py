"""Files of rows: CSV, XLSX, NDJSON, GeoJSON, GeoPackage and Parquet read and written as a stream."""
